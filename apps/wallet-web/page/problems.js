// What went wrong, in words that say what to do. The core gives codes and values; a code without words is shown as it is.

import { h } from "./dom.js";
import { icon } from "./signs.js";
import { has, own, t, wait } from "./words.js";

/** Faults of the page or the core, which only their makers can mend. */
const OURS = ["argument_missing", "catalogue", "errand_unknown", "form_unknown", "pin_settings", "reply_malformed"];

/** A problem in words. */
export function told(problem) {
  const { code, values = {} } = problem ?? {};
  if (!code) return t("unexpected", { why: problem?.message ?? String(problem) });
  const filled = Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, filling(name, value)]));
  if (code === "pin_wrong" && values.seconds > 0) return t("at_pin_wrong_wait", filled);
  if (code === "tx_code_wrong" && filled.tries_left) return t("at_tx_code_wrong_left", filled);
  if (OURS.includes(code)) return t("at_wallet_at_fault");
  // What was agreed to may be refused by newer trust data.
  const key = [`at_${code}`, `refuse_${code}`].find(has);
  return key ? t(key, filled) : t("at_other", { code });
}

function filling(name, value) {
  if (name === "wait_seconds" || name === "seconds") return wait(value);
  return Array.isArray(value) ? value.map(own).join(" · ") : own(value) || String(value ?? "");
}

/** The paragraph that a screen reader says at once. */
export function alarm(problem, { testid = "problem", id } = {}) {
  return h("p", { class: "error", role: "alert", testid, id, "data-code": problem.code ?? "unexpected" }, icon("warning"), h("span", {}, told(problem)));
}

/** A place beside a field for what was wrong with it. */
export function errorPlace(id) {
  const place = h("p", { class: "error", role: "alert", id, testid: id });
  return { place, tell: (words) => place.replaceChildren(...(words ? [icon("warning"), h("span", {}, words)] : [])) };
}
