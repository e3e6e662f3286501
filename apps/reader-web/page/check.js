// The check, one question at a time: what for, which request, what was presented. Then the verdict.

import { readPasted, readRequest } from "./core.js";
import { button, facts, h } from "./dom.js";
import { intake } from "./intake.js";
import { bundleView } from "./bundle.js";
import { remember, state } from "./state.js";
import { explanation, glance } from "./verdict.js";
import { intakeWords, own, span, t, time } from "./words.js";

let step = "use";
let verdict = null;

const STEPS = ["use", "request", "present"];

/** Back to the first question. */
export function restart() {
  step = "use";
  verdict = null;
}

/** The screen of the current step. */
export function checkView(show) {
  if (!state.opened) return bundleView(show);
  const views = { use: useView, request: requestView, present: presentView, verdict: verdictView };
  return h("div", { class: "steps", testid: `step-${step}` }, views[step]((next) => { step = next; show(); }));
}

function question(words, hint) {
  const n = STEPS.indexOf(step) + 1;
  return [h("p", { class: "step" }, t("step", { n, total: STEPS.length })), h("h1", { tabindex: "-1" }, t(words)), hint && h("p", { class: "lead" }, t(hint))];
}

function useView(go) {
  const choose = async (name) => {
    state.useClass = name;
    await remember({ useClass: name });
    go(state.request ? "present" : "request");
  };
  const name = (one) => (["low", "substantial", "high"].includes(one) ? t(`use_${one}`) : one);
  const order = state.opened.order();
  const stretched = (one) => order?.state === "in_force" && order.classes.find((stretch) => stretch.name === one);
  const underOrder = (one) => stretched(one) && h("span", { class: "hint", testid: `use-${one}-order` }, t("usable_for_order", { id: order.id, age: span(stretched(one).usable_for_seconds) }));
  const choice = ({ name: one, usable_for_seconds }) => h("button", { type: "button", class: "choice", testid: `use-${one}`, "aria-pressed": String(one === state.useClass), on: { click: () => choose(one) } },
    h("strong", {}, name(one)),
    h("span", {}, name(one) === one ? "" : t(`use_${one}_hint`)),
    h("span", { class: "hint" }, t("usable_for", { age: span(usable_for_seconds) })),
    underOrder(one));
  return [question("use_question", "use_hint"), h("div", { class: "choices" }, state.opened.summary.classes.map(choice))];
}

/** What a person wants to know of a request. */
function requestFacts(request) {
  return facts([
    [t("purpose"), request.purpose],
    [t("asks"), request.asks.map(own).join(" · ")],
    [t("asked_by"), request.client_id.replace("redirect_uri:", "")],
    [t("asked_at"), request.issued_at && time(request.issued_at)],
    [t("fingerprint"), h("code", {}, request.fingerprint)],
  ], "request-facts");
}

function requestView(go) {
  const take = async (bytes) => {
    try {
      readRequest(bytes);
    } catch (problem) {
      throw new Error(`${t("request_unusable")} (${problem.message})`);
    }
    state.request = bytes;
    await remember({ request: bytes });
    go("present");
  };
  const paste = async (text) => new TextEncoder().encode(text);
  return [
    question("request_question", "request_hint"),
    state.request && h("section", { class: "card" }, h("h2", {}, t("last_request")), requestFacts(readRequest(state.request)), button(t("use_last"), () => go("present"), { testid: "request-last" })),
    intake({ id: "request", label: t("request_file"), hint: t("drop_hint"), accept: ".json,application/json", take, paste, words: intakeWords("paste_request") }),
    h("div", { class: "actions" }, button(t("back"), () => go("use"), { kind: "plain", testid: "back" })),
  ];
}

function presentView(go) {
  const take = async (bytes) => {
    if (bytes.length === 0) throw new Error(t("empty"));
    verdict = state.opened.verify(bytes, state.request, state.useClass);
    state.presentation = bytes;
    go("verdict");
  };
  const paste = async (text) => {
    try {
      return readPasted(text);
    } catch {
      throw new Error(t("not_a_presentation"));
    }
  };
  return [
    question("present_question"),
    intake({ id: "presentation", label: t("present_file"), hint: t("drop_hint"), take, paste, words: intakeWords("paste_presentation") }),
    h("details", { class: "card", testid: "current-request" }, h("summary", {}, `${t("request_now")}: ${readRequest(state.request).purpose ?? ""}`), requestFacts(readRequest(state.request)),
      button(t("change_request"), () => go("request"), { testid: "change-request" })),
    h("div", { class: "actions" }, button(t("back"), () => go("use"), { kind: "plain", testid: "back" })),
  ];
}

function verdictView(go) {
  return [
    glance(verdict), explanation(verdict),
    h("div", { class: "actions" },
      button(t("again"), () => go("present"), { kind: "primary", testid: "again" }),
      h("a", { href: "#playground", class: "button secondary", testid: "to-playground" }, t("to_playground"))),
  ];
}
