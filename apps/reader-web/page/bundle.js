// The files on which verdicts rest: a bundle, a ledger's policy, a continuity order. Taken by file, drop or address, told
// apart by content; whom to trust is asked once; the contents are shown.

import { restart } from "./check.js";
import { Refused, checkPolicy, kindOfFile, openBundle, readPolicy } from "./core.js";
import { button, facts, h } from "./dom.js";
import { intake } from "./intake.js";
import { adopt, follow, forget, pin, state } from "./state.js";
import { bundleRows, className, orderCard, policyCard, policyRows, question, told, voucherRows } from "./trust.js";
import { intakeWords, span, t, time } from "./words.js";

/** What nobody has accepted yet: a key by its first bundle, or a policy, perhaps with the bundle that it proves. */
let waiting = null;
/** A logged bundle whose policy is not here: its bytes and the ledger that it names. */
let wanting = null;
let asking = false;
let note = "";

export function bundleView(show) {
  if (waiting) return pinView(show);
  return state.opened ? knownView(show) : emptyView(show);
}

const TAKERS = { bundle: takeBundle, policy: takePolicy, order: takeOrder };

async function take(bytes, show) {
  try {
    await TAKERS[kindOfFile(bytes)](bytes);
  } catch (problem) {
    throw problem instanceof Refused ? new Error(told(problem)) : problem;
  }
  show();
}

/** Opens a bundle that may be used now. */
function usable(bytes, policy) {
  const opened = openBundle(bytes, state.memory, policy);
  try {
    opened.check();
  } catch (problem) {
    opened.free();
    throw problem;
  }
  return opened;
}

async function takeBundle(bytes) {
  let opened;
  try {
    opened = usable(bytes, state.policy);
  } catch (problem) {
    if (problem.code !== "policy_missing") throw problem;
    wanting = { bytes, ledger: problem.values.ledger };
    return;
  }
  wanting = null;
  if (state.memory === undefined && !state.policy) waiting = { bytes, opened };
  else await use(bytes, opened);
}

/** The first one leads on to the check, which says enough. */
async function use(bytes, opened, policy = state.policy) {
  note = state.opened ? t("taken") : "";
  await adopt(bytes, opened, policy);
}

/** A policy that does not prove the bundle that waits for it is not worth a question. */
async function takePolicy(bytes) {
  const policy = readPolicy(bytes);
  checkPolicy(bytes, state.policy, state.memory);
  if (state.policy) note = t("policy_known");
  else waiting = { policy, policyBytes: bytes, ...(wanting && proven(bytes)) };
}

function proven(policy) {
  try {
    return { bytes: wanting.bytes, opened: usable(wanting.bytes, policy) };
  } catch (problem) {
    throw problem instanceof Refused ? new Error(t("policy_unfit", { why: told(problem) })) : problem;
  }
}

async function takeOrder(bytes) {
  if (!state.opened) throw new Error(t("order_needs_bundle"));
  await follow(bytes);
  note = t("order_taken");
}

const problemOf = () => state.problem && h("p", { class: "error", role: "alert", testid: "bundle-problem" }, told(state.problem));

function emptyView(show) {
  const said = note;
  note = "";
  return [
    h("h1", { tabindex: "-1" }, t(wanting ? "policy_question" : "bundle_question")),
    !wanting && h("p", { class: "lead" }, t(state.policy ? "bundle_hint_policy" : "bundle_hint")),
    said && h("p", { class: "good", role: "status", testid: "bundle-note" }, said),
    wanting ? wanted(show) : problemOf(),
    state.policy && policyCard(state.policy),
    intakes(show),
    (state.problem || state.policy) && forgetting(show),
  ];
}

/** A bundle that says in which ledger it stands, and cannot vouch for itself. */
function wanted(show) {
  const drop = () => { wanting = null; show(); };
  return h("section", { class: "card", role: "status", testid: "policy-needed" },
    h("p", {}, t("policy_missing", { ledger: wanting.ledger })),
    h("div", { class: "actions" }, button(t("wanting_drop"), drop, { kind: "plain", testid: "wanting-drop" })));
}

function intakes(show) {
  return [
    intake({ id: "bundle", label: t("bundle_file"), hint: t("trust_hint"), take: (bytes) => take(bytes, show), words: intakeWords("") }),
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

function pinView(show) {
  const { bytes, opened, policy, policyBytes } = waiting;
  const accept = async () => {
    waiting = wanting = null;
    if (opened) {
      await use(bytes, opened, policyBytes ?? null);
      location.hash = "check";
    } else await pin(policyBytes);
    show();
  };
  const refuse = () => { waiting = null; opened?.free(); show(); };
  const rows = opened ? bundleRows(opened.summary) : [];
  return policy
    ? question("policy_pin", { fingerprint: policy.fingerprint, name: t("policy_fingerprint"), rows: [...policyRows(policy), ...rows], accept, refuse })
    : question("pin", { fingerprint: opened.summary.key, name: t("key"), rows, accept, refuse });
}

function knownView(show) {
  const { summary } = state.opened;
  const order = state.opened.order();
  const said = note;
  note = "";
  return [
    h("h1", { tabindex: "-1" }, t("bundle")),
    said && h("p", { class: "good", role: "status", testid: "bundle-note" }, said),
    state.dropped && h("p", { class: "error", role: "status", testid: "order-dropped" }, t("order_dropped"), " ", told(state.dropped)),
    facts([
      [t("as_of"), h("span", { testid: "bundle-as-of" }, time(summary.as_of))],
      ...voucherRows(summary),
      [t("classes"), summary.classes.map((one) => `${className(one.name)} ${span(one.usable_for_seconds)}`).join(" · ")],
      [t("issuers"), h("ul", {}, summary.issuers.map((issuer) => h("li", {}, issuer.root)))],
      [t("distrusted"), summary.distrusted.length > 0 && h("ul", {}, summary.distrusted.map((one) => h("li", {}, h("code", {}, one.signer))))],
      [t("lists"), String(summary.status_lists.length)],
      [t("order_signers"), summary.order_signers && t("order_signers_words", { k: summary.order_signers.threshold, who: summary.order_signers.agencies.join(" · ") })],
    ], "bundle-facts"),
    order && orderCard(order),
    h("h2", {}, t("newer")), intakes(show), forgetting(show),
  ];
}

function forgetting(show) {
  const answer = (yes) => async () => { asking = false; if (yes) { restart(); await forget(); } show(); };
  if (!asking) return h("div", { class: "actions" }, button(t("forget"), () => { asking = true; show({ focus: false }); document.querySelector("[data-testid=forget-yes]").focus(); }, { kind: "plain danger", testid: "forget" }));
  return h("section", { class: "card", role: "group", "aria-label": t("forget") }, h("p", {}, t("forget_question")),
    h("div", { class: "actions" }, button(t("forget_yes"), answer(true), { kind: "danger", testid: "forget-yes" }), button(t("cancel"), answer(false), { testid: "forget-no" })));
}
