// Who vouches for what is known, in words: a key or a ledger's policy, asked for once; a continuity order.

import { readPolicy } from "./core.js";
import { button, facts, h } from "./dom.js";
import { state } from "./state.js";
import { has, own, span, t, time } from "./words.js";

export const grouped = (hex) => hex.match(/.{1,4}/g).join(" ");

const list = (items) => h("ul", {}, items.map((item) => h("li", {}, item)));

export const className = (name) => (has(`use_${name}`) ? t(`use_${name}`) : name);

/** What was wrong with a file, in the page's words where it has some. */
export const told = ({ code, values, message }) => (has(code) ? t(code, values) : `${t("bundle_malformed")} (${message})`);

/** Trust on first use, said plainly: a person compares, or takes the risk. `words` names what is asked: `pin` or `policy_pin`. */
export function question(words, { fingerprint, name, rows, accept, refuse }) {
  const compared = h("p", { role: "status", testid: "pin-compared" });
  const compare = (event) => {
    const typed = event.target.value.toLowerCase().replace(/[^0-9a-f]/g, "");
    compared.textContent = typed ? t(typed === fingerprint ? "pin_same" : "pin_differs") : "";
    compared.className = typed === fingerprint ? "good" : "error";
  };
  return [
    h("h1", { tabindex: "-1" }, t(`${words}_question`)),
    h("p", { class: "lead" }, t(`${words}_hint`)),
    h("section", { class: "card" }, h("h2", {}, name), h("p", {}, h("code", { class: "fingerprint", testid: "pin-key", "data-key": fingerprint }, grouped(fingerprint))), facts(rows, "pin-facts")),
    h("label", { for: "pin" }, t("pin_compare")), h("input", { id: "pin", type: "text", autocomplete: "off", spellcheck: "false", testid: "pin-compare", on: { input: compare } }), compared,
    h("div", { class: "actions" }, button(t(`${words}_accept`), accept, { kind: "primary", testid: "pin-accept" }), button(t("pin_refuse"), refuse, { testid: "pin-refuse" })),
  ];
}

/** What a bundle says of itself, for who decides whether to trust it. */
export const bundleRows = ({ as_of, issuers }) => [[t("bundle_as_of"), time(as_of)], [t("issuers"), issuers.map((issuer) => issuer.root).join(" · ")]];

/** A policy: which ledger, how many of how many, and who they are. */
export const policyRows = ({ ledger, threshold, cosigners }) => [
  [t("ledger"), h("span", { testid: "policy-ledger" }, ledger)],
  [t("policy_rule"), h("span", { testid: "policy-rule" }, t("policy_words", { k: threshold, n: cosigners.length }))],
  [t("cosigners"), list(cosigners)],
];

/** Who vouches for the bundle in use. */
export function voucherRows({ key, log, index, cosigned_by, policy_generation: changes }) {
  if (key) return [[t("key"), h("code", { class: "fingerprint", testid: "bundle-key" }, grouped(key))]];
  const policy = readPolicy(state.policy);
  return [
    [t("ledger"), h("span", { testid: "bundle-ledger" }, t("place", { ledger: log, index }))],
    [t("cosigned_by"), h("span", { testid: "bundle-cosigned" }, cosigned_by.join(" · "))],
    [t("policy_rule"), t("policy_words", { k: policy.threshold, n: policy.cosigners.length })],
    [t("policy_changes"), changes > 0 && String(changes)],
    [t("policy_fingerprint"), h("code", { class: "fingerprint", testid: "policy-fingerprint" }, grouped(policy.fingerprint))],
  ];
}

/** The policy that waits for its first bundle. */
export function policyCard(bytes) {
  const policy = readPolicy(bytes);
  return h("section", { class: "card", testid: "policy-held" }, h("h2", {}, t("policy_held")),
    facts([...policyRows(policy), [t("policy_fingerprint"), h("code", { class: "fingerprint", testid: "policy-fingerprint" }, grouped(policy.fingerprint))]]));
}

/** The continuity order in use. */
export function orderCard(order) {
  return h("section", { class: "card", testid: "order", "data-state": order.state }, h("h2", {}, t("order")),
    facts([
      [t("order_id"), h("span", { testid: "order-id" }, order.id)],
      [t("order_reason"), h("span", { testid: "order-reason" }, own(order.reason))],
      [t("order_term"), h("span", { testid: "order-term" }, `${time(order.from)} – ${time(order.until)} (${t(`order_${order.state}`)})`)],
      [t("order_classes"), h("span", { testid: "order-classes" }, order.classes.map((one) => `${className(one.name)} ${span(one.usable_for_seconds)}`).join(" · "))],
      [t("order_signed_by"), h("span", { testid: "order-signed-by" }, order.signed_by.join(" · "))],
      [t("order_compromised"), order.compromised > 0 && String(order.compromised)],
    ], "order-facts"));
}
