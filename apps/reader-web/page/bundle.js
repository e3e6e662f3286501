// The bundle: taken by file, drop or address, its key accepted once, its contents shown.

import { openBundle } from "./core.js";
import { button, facts, h, intake } from "./dom.js";
import { adopt, forget, state } from "./state.js";
import { has, intakeWords, span, t, time } from "./words.js";

/** A first bundle, opened, whose key nobody has accepted yet. */
let waiting = null;
let asking = false;
let note = "";

export function bundleView(show) {
  if (waiting) return pinView(show);
  return state.opened ? knownView(show) : emptyView(show);
}

async function take(bytes, show) {
  let opened;
  try {
    opened = openBundle(bytes, state.memory);
    opened.check();
  } catch (problem) {
    throw new Error(has(problem.code) ? t(problem.code) : `${t("bundle_malformed")} (${problem.message})`);
  }
  if (state.memory === undefined) {
    waiting = { bytes, opened };
  } else {
    await adopt(bytes, opened);
    note = t("taken");
  }
  show();
}

function emptyView(show) {
  return [
    h("h1", { tabindex: "-1" }, t("bundle_question")),
    h("p", { class: "lead" }, t("bundle_hint")),
    state.problem && h("p", { class: "error", role: "alert", testid: "bundle-problem" }, has(state.problem.code) ? t(state.problem.code) : state.problem.message),
    intakes(show),
    state.problem && forgetting(show),
  ];
}

function intakes(show) {
  return [
    intake({ id: "bundle", label: t("bundle_file"), hint: t("drop_hint"), take: (bytes) => take(bytes, show), words: intakeWords("") }),
    fromAddress((bytes) => take(bytes, show)),
  ];
}

function fromAddress(use) {
  const error = h("p", { class: "error", id: "bundle-url-error", role: "alert", testid: "bundle-url-error" });
  const progress = h("p", { class: "hint", role: "status", testid: "bundle-url-progress" });
  const input = h("input", { type: "url", id: "bundle-url", testid: "bundle-url", inputmode: "url", autocomplete: "url", placeholder: "https://", "aria-describedby": "bundle-url-hint bundle-url-error" });
  const fetching = new AbortController();
  const stop = button(t("stop"), () => fetching.abort(), { kind: "plain", hidden: true });
  const submit = async (event) => {
    event.preventDefault();
    error.textContent = "";
    stop.hidden = false;
    try {
      await use(await download(input.value.trim(), fetching.signal, (n) => { progress.textContent = t("fetching", { n }); }));
    } catch (problem) {
      progress.textContent = "";
      error.textContent = problem.message;
    }
    stop.hidden = true;
  };
  return h("form", { class: "intake address", on: { submit } },
    h("label", { for: "bundle-url", class: "intake-label" }, t("bundle_url")),
    h("p", { class: "hint", id: "bundle-url-hint" }, t("bundle_url_hint")),
    h("div", { class: "row" }, input, h("button", { type: "submit", class: "button secondary", testid: "bundle-fetch" }, t("fetch")), stop),
    progress, error);
}

async function download(address, signal, tell) {
  const url = address && URL.canParse(address, location.href) ? new URL(address, location.href) : null;
  if (!url || (url.protocol !== "https:" && url.origin !== location.origin)) throw new Error(t("url_bad"));
  try {
    const response = await fetch(url, { signal, cache: "no-cache", credentials: "omit", redirect: "follow" });
    if (!response.ok) throw new Error(String(response.status));
    return await collect(response.body, tell);
  } catch (problem) {
    throw new Error(t("fetch_failed", { why: problem.message }));
  }
}

async function collect(stream, tell) {
  const parts = [];
  let length = 0;
  for (const reader = stream.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    tell(Math.ceil((length += value.length) / 1024));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

const grouped = (hex) => hex.match(/.{1,4}/g).join(" ");

/** Trust on first use, said plainly: a person compares, or takes the risk. */
function pinView(show) {
  const { bytes, opened } = waiting;
  const { key } = opened.summary;
  const compared = h("p", { role: "status", testid: "pin-compared" });
  const compare = (event) => {
    const told = event.target.value.toLowerCase().replace(/[^0-9a-f]/g, "");
    compared.textContent = told ? t(told === key ? "pin_same" : "pin_differs") : "";
    compared.className = told === key ? "good" : "error";
  };
  const accept = async () => { waiting = null; await adopt(bytes, opened); location.hash = "check"; show(); };
  const refuse = () => { waiting = null; opened.free(); show(); };
  return [
    h("h1", { tabindex: "-1" }, t("pin_question")),
    h("p", { class: "lead" }, t("pin_hint")),
    h("section", { class: "card" }, h("h2", {}, t("key")), h("p", {}, h("code", { class: "fingerprint", testid: "pin-key", "data-key": key }, grouped(key))),
      facts([[t("as_of"), time(opened.summary.as_of)], [t("issuers"), opened.summary.issuers.map((issuer) => issuer.root).join(" · ")]])),
    h("label", { for: "pin" }, t("pin_compare")), h("input", { id: "pin", type: "text", autocomplete: "off", spellcheck: "false", testid: "pin-compare", on: { input: compare } }), compared,
    h("div", { class: "actions" }, button(t("pin_accept"), accept, { kind: "primary", testid: "pin-accept" }), button(t("pin_refuse"), refuse, { testid: "pin-refuse" })),
  ];
}

function knownView(show) {
  const { summary } = state.opened;
  const said = note;
  note = "";
  return [
    h("h1", { tabindex: "-1" }, t("bundle")),
    said && h("p", { class: "good", role: "status", testid: "bundle-note" }, said),
    facts([
      [t("as_of"), h("span", { testid: "bundle-as-of" }, time(summary.as_of))],
      [t("key"), h("code", { class: "fingerprint", testid: "bundle-key" }, grouped(summary.key))],
      [t("classes"), summary.classes.map((one) => `${has(`use_${one.name}`) ? t(`use_${one.name}`) : one.name} ${span(one.usable_for_seconds)}`).join(" · ")],
      [t("issuers"), h("ul", {}, summary.issuers.map((issuer) => h("li", {}, issuer.root)))],
      [t("distrusted"), summary.distrusted.length > 0 && h("ul", {}, summary.distrusted.map((one) => h("li", {}, h("code", {}, one.signer))))],
      [t("lists"), String(summary.status_lists.length)],
    ], "bundle-facts"),
    h("h2", {}, t("newer")), intakes(show), forgetting(show),
  ];
}

function forgetting(show) {
  const answer = (yes) => async () => { asking = false; if (yes) await forget(); show(); };
  if (!asking) return h("div", { class: "actions" }, button(t("forget"), () => { asking = true; show({ focus: false }); document.querySelector("[data-testid=forget-yes]").focus(); }, { kind: "plain danger", testid: "forget" }));
  return h("section", { class: "card", role: "group", "aria-label": t("forget") }, h("p", {}, t("forget_question")),
    h("div", { class: "actions" }, button(t("forget_yes"), answer(true), { kind: "danger", testid: "forget-yes" }), button(t("cancel"), answer(false), { testid: "forget-no" })));
}
