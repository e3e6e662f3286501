// A verdict in one glance: sign, word and colour; then who and what; the rest folded away.

import { facts, h, picture } from "./dom.js";
import { icon } from "./signs.js";
import { age, day, lang, own, t, time } from "./words.js";

/** Which of the four it is. */
export const kindOf = (verdict) => (verdict.verdict === "held" && verdict.evidence.marked ? "marked" : verdict.verdict);

/** The order without which the evidence would be too old. */
const orderOf = (verdict) => verdict.evidence?.order && verdict.order;

export const wordOf = (kind) => t({ marked: "held_marked", ordered: "held_ordered" }[kind] ?? kind);

/** The coloured block. */
export function glance(verdict, { heading = "h1" } = {}) {
  const kind = kindOf(verdict);
  return h("div", { class: `glance ${kind}`, testid: "verdict", "data-verdict": verdict.verdict, "data-marked": String(kind === "marked"), "data-code": verdict.reason?.code, "data-order": verdict.evidence?.order },
    icon(kind),
    h("div", {},
      h(heading, { tabindex: heading === "h1" ? "-1" : null, testid: "verdict-word" }, wordOf(orderOf(verdict) ? "ordered" : kind)),
      h("p", { testid: "verdict-line" }, verdict.verdict === "held" ? statusLine(verdict.evidence) : sentence(verdict.rule))));
}

function statusLine(evidence) {
  const at = evidence.status_as_of ?? evidence.bundle_as_of;
  return t(evidence.status === "valid" ? "status_known" : "status_none", { time: time(at), age: age(evidence.age_seconds) });
}

const sentence = (rule) => (lang() === "ko" ? rule.korean : rule.english);

/** Everything below the block. */
export function explanation(verdict) {
  return verdict.verdict === "held" ? [markedAdvice(verdict), verdict.view.map(credential), heldDetails(verdict)] : [notHeld(verdict)];
}

const markedAdvice = (verdict) => verdict.evidence.marked && h("p", { class: "advice marked", testid: "marked-advice" }, orderOf(verdict) && [orderWords(verdict.order), " "], t("marked_hint"), " ", toBundle());

const orderWords = (order) => h("span", { testid: "order-advice" }, t("order_hint", { id: order.id, reason: own(order.reason), until: time(order.until), who: order.signed_by.join(" · ") }));

const toBundle = () => h("a", { href: "#bundle", testid: "to-bundle" }, t("newer"));

/** What a newer bundle may mend. */
const MENDED = ["bundle_too_old", "status_too_old", "status_list_missing", "bundle_rolled_back", "bundle_forged", "bundle_not_proven", "use_class_unknown"];

function notHeld(verdict) {
  return h("section", { class: "card" },
    h("p", { class: "advice" }, t(verdict.verdict === "refused" ? "refused_hint" : "undecided_hint")),
    MENDED.includes(verdict.reason.code) && h("p", {}, toBundle()),
    reasonFacts(verdict));
}

/** Code, clause, the place in our code. */
export function reasonFacts({ reason, rule }) {
  return facts([
    [t("code"), h("code", { testid: "reason-code" }, reason.code)],
    [t("rule"), h("span", { testid: "reason-clause" }, rule.clause)],
    [t("source"), h("code", { testid: "reason-source" }, `${rule.source.file} · ${rule.source.function}`)],
    [t("detail"), h("span", { lang: "en", testid: "reason-detail" }, reason.detail)],
  ], "reason");
}

function credential(view) {
  const flags = view.rows.filter((row) => typeof row.value === "boolean");
  const named = new Set(["family_name", "given_name", "family_name_hangul", "given_name_hangul"]);
  const rows = view.rows.filter((row) => typeof row.value !== "boolean" && !named.has(row.id));
  return h("article", { class: `card document ${view.sample ? "sample" : ""}`, testid: "document" },
    view.sample && h("p", { class: "stamp", testid: "sample", title: t("sample_hint") }, t("sample")),
    h("header", {}, h("h2", {}, own(view.title)), h("p", { class: "hint" }, own(view.authority))),
    h("div", { class: "person" },
      view.portrait && picture(view.portrait, t("portrait_of")),
      h("div", {}, names(view), h("ul", { class: "flags" }, flags.map(flag)))),
    rows.length > 0 && h("section", {}, h("h3", {}, t("disclosed")), facts(rows.map((row) => [own(row.label), valueText(row)]), "claims")));
}

function names({ name, hangul }) {
  const korean = [hangul.family, hangul.given].filter(Boolean).join("");
  const latin = [name.family, name.given].filter(Boolean).join(" ");
  if (!korean && !latin) return "";
  return h("p", { class: "name", testid: "name" }, korean ? [h("b", { lang: "ko" }, korean), latin && h("span", { lang: "ko-Latn" }, latin)] : h("b", { lang: "ko-Latn" }, latin));
}

function flag(row) {
  const said = row.value ? "yes" : "no";
  return h("li", { class: `flag ${said}`, testid: `claim-${row.id}` }, icon(said), h("span", {}, own(row.label)), h("strong", {}, t(said)));
}

function valueText({ id, value }) {
  if (id === "sex" && (value === 1 || value === 2)) return t(value === 1 ? "male" : "female");
  if (typeof value === "string") return /^\d{4}-\d\d-\d\dT/.test(value) ? time(value) : day(value);
  if (Array.isArray(value)) return value.map((item) => valueText({ id: "", value: item })).join(" · ");
  if (value && typeof value === "object") return Object.entries(value).map(([name, item]) => `${name}: ${valueText({ id: "", value: item })}`).join(", ");
  return String(value);
}

function heldDetails(verdict) {
  const { issuer, evidence, holder_binding: holder } = verdict;
  return h("details", { class: "card", testid: "details" },
    h("summary", {}, t("details")),
    facts([
      [t("signer"), issuer.signer],
      [t("root"), issuer.root],
      [t("certificate"), h("code", {}, issuer.certificate_sha256)],
      [t("format"), h("code", {}, verdict.format)],
      [t("document_type"), h("code", {}, verdict.document_type)],
      [t("holder"), holder && [t(holder.by), holder.signed_at && ` · ${time(holder.signed_at)}`].filter(Boolean).join("")],
      [t("valid_until"), verdict.valid_until && time(verdict.valid_until)],
      [t("bundle_as_of"), time(evidence.bundle_as_of)],
      [t("bundle_key"), verdict.bundle.key && h("code", {}, verdict.bundle.key)],
      [t("ledger"), verdict.bundle.log && h("span", { testid: "verdict-ledger" }, t("place", { ledger: verdict.bundle.log, index: verdict.bundle.index }))],
      [t("cosigned_by"), verdict.bundle.log && verdict.bundle.cosigned_by.join(" · ")],
      [t("order"), orderOf(verdict) && h("span", { testid: "verdict-order" }, verdict.order.id)],
    ]),
    h("details", { class: "raw" }, h("summary", {}, t("raw")), h("pre", { tabindex: "0", testid: "raw" }, forPrograms(verdict))));
}

/** As `mapae verify --json` has it: without what is made for this screen, and with long texts cut. */
function forPrograms(verdict) {
  const short = (_, value) => (typeof value === "string" && value.length > 200 ? `${value.slice(0, 60)}… (${value.length})` : value);
  return JSON.stringify({ ...verdict, view: undefined, order: undefined }, short, 2);
}
