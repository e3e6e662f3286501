// How the wallet is locked, what it runs and relies on, and how to be rid of it.

import { button, facts, h } from "./dom.js";
import { engine } from "./engine.js";
import { lockSection } from "./locks.js";
import { moveView } from "./move.js";
import { alarm } from "./problems.js";
import { releaseWords } from "./release.js";
import { icon } from "./signs.js";
import { show, state, step, takeNote } from "./state.js";
import { during } from "./waiting.js";
import { lang, since, speak, t, time } from "./words.js";

let deleting = false;

export function settingsView() {
  const note = takeNote();
  return [
    h("h1", { tabindex: "-1", class: "small" }, t("settings")),
    note && h("p", { class: "good", role: "status", testid: "note" }, note),
    lockSection(),
    language(),
    knowledge(),
    keeping(),
    h("section", { class: "card" }, h("h2", {}, t("move_title")), h("p", {}, t("move_hint")), h("div", { class: "actions" }, button(t("move_begin"), () => step(() => moveView()), { testid: "settings-move" }))),
    deletion(),
  ];
}

function language() {
  const one = (code, name) => {
    const id = `settings-language-${code}`;
    const input = h("input", { type: "radio", name: "language", id, testid: id, checked: lang() === code, on: { change: () => { speak(code); show({ focus: false }); setTimeout(() => document.getElementById(id)?.focus()); } } });
    return h("div", { class: "check-row" }, input, h("label", { for: id, lang: code }, name));
  };
  return h("section", { class: "card" }, h("fieldset", { class: "plain" }, h("legend", {}, h("h2", {}, t("language_title"))), one("ko", "한국어"), one("en", "English")));
}

/** The age of what is known, and the release that runs. */
function knowledge() {
  const problem = engine.settings()?.trust;
  const renew = () => during(t("refreshing"), () => engine.refreshTrust(), () => { state.step = null; show(); });
  return h("section", { class: "card" }, h("h2", {}, t("knowledge")),
    facts([
      [t("trust_as_of"), h("span", { testid: "settings-evidence" }, state.bundle ? `${time(state.bundle.as_of)} · ${since(state.bundle.as_of)}` : t("nothing_known"))],
      [t("release"), h("span", { testid: "settings-release", "data-release": state.release.kept ?? "unknown" }, releaseWords())],
    ]),
    problem && alarm(problem, { testid: "trust-problem" }),
    h("div", { class: "actions" }, button(t("refresh"), renew, { testid: "settings-refresh", disabled: !navigator.onLine }), !navigator.onLine && h("p", { class: "hint" }, t("when_online"))));
}

/** Whether the browser may drop the wallet when it is short of room. */
function keeping() {
  const ask = async () => {
    state.persisted = (await navigator.storage?.persist?.()) ?? false;
    asked = true;
    show({ focus: false });
  };
  return h("section", { class: "card" }, h("h2", {}, t("keeping")),
    h("p", { class: state.persisted ? "row" : "advice", testid: "settings-persisted", "data-persisted": String(state.persisted) }, icon(state.persisted ? "yes" : "warning"), h("span", {}, t(state.persisted ? "persisted" : "not_persisted"))),
    !state.persisted && h("div", { class: "actions" }, button(t("persist"), ask, { testid: "settings-persist" })),
    !state.persisted && asked && h("p", { class: "hint", role: "status" }, t("persist_declined")));
}

let asked = false;

function deletion() {
  const ask = (yes) => () => { deleting = yes; show({ focus: false }); setTimeout(() => document.querySelector(`[data-testid=${yes ? "delete-everything-yes" : "delete-everything"}]`)?.focus()); };
  const words = [h("h2", {}, t("delete_everything")), h("p", {}, t("delete_everything_hint"))];
  if (!deleting) return h("section", { class: "card" }, words, h("div", { class: "actions" }, button(t("delete_everything"), ask(true), { kind: "danger", testid: "delete-everything" })));
  const yes = () => { deleting = false; during(t("deleting"), () => engine.deleteEverything(), () => {}); };
  return h("section", { class: "card", role: "group", "aria-label": t("delete_everything") }, words, h("p", { class: "advice" }, icon("warning"), h("span", {}, t("delete_everything_question"))),
    h("div", { class: "actions" }, button(t("delete_everything_yes"), yes, { kind: "danger", testid: "delete-everything-yes" }), button(t("cancel"), ask(false), { testid: "delete-everything-no" })));
}
