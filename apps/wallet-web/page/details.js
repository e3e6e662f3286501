// One card: what it says, whether it holds and as of when, its copies, and what can be done with it.

import { button, facts, h } from "./dom.js";
import { engine } from "./engine.js";
import { face, isSample, statusChip, statusLine } from "./face.js";
import { goOn, refill } from "./adding.js";
import { icon } from "./signs.js";
import { leave, show, takeNote } from "./state.js";
import { during } from "./waiting.js";
import { inOrder, isFirst, masked, shownValue } from "./values.js";
import { warningList } from "./warnings.js";
import { day, own, since, t, time } from "./words.js";

/** The card that is about to be deleted. */
let deleting = null;

export function detailsView(id) {
  const card = engine.card(id);
  if (!card) return [h("h1", { tabindex: "-1", class: "small" }, t("card_gone")), h("div", { class: "actions" }, h("a", { class: "button primary", href: "#cards" }, t("to_cards")))];
  const note = takeNote();
  return [
    h("p", { class: "crumb" }, h("a", { href: "#cards", testid: "back" }, t("cards"))),
    h("h1", { tabindex: "-1", class: "small" }, own(card.title)),
    note && h("p", { class: "good", role: "status", testid: "note" }, note),
    face(card),
    isSample() && h("p", { class: "hint" }, t("sample_hint")),
    warningList(card),
    actions(card),
    card.state.is === "held" && statusSection(card),
    factsSection(card),
    copies(card),
    deletion(card),
  ];
}

/** States from which the issuer can be asked again. */
const ON_THE_WAY = ["unfinished", "deferred", "signing_in"];
const URGENT = ["refill_due", "few_copies", "expired"];

/** What can be done now. Without a network the button says when. */
function actions(card) {
  const offline = !navigator.onLine;
  const unfinished = ON_THE_WAY.includes(card.state.is);
  if (!unfinished && card.state.is !== "held") return null;
  const urgent = card.warnings.some(({ code }) => URGENT.includes(code));
  return h("div", { class: "actions" },
    unfinished ? button(t("go_on"), () => goOn(card.id), { kind: "primary", testid: "go-on", disabled: offline })
      : h("a", { class: `button ${urgent ? "secondary" : "primary"}`, href: "#share", testid: "to-share" }, icon("share"), t("share_card")),
    !unfinished && card.refillable && button(t("refill"), () => refill(card.id), { kind: urgent ? "primary" : "secondary", testid: "refill", disabled: offline }),
    offline && h("p", { class: "hint" }, t("when_online")),
    !unfinished && !card.refillable && urgent && h("p", { class: "hint" }, t("refill_by_office")));
}

function statusSection({ status }) {
  return h("section", { class: "card" }, h("h2", {}, t("status")),
    h("p", { class: "row" }, statusChip(status), h("span", { testid: "status-as-of" }, statusLine(status), status?.as_of && ` · ${since(status.as_of)}`)),
    h("p", { class: "hint" }, t("status_hint")));
}

/** Numbers by which people are known are masked, whatever the law calls them. */
const isMasked = ({ id, sensitive }) => sensitive || id.endsWith("_number");

function factsSection(card) {
  const shown = inOrder(card.facts.filter((fact) => !fact.image));
  const rows = shown.map((fact) => [fact, own(fact.label)]).map(([fact, label]) => [label, isMasked(fact) ? masked(label, fact, `reveal-${fact.id}`) : shownValue(fact, label)]);
  const first = shown.filter(isFirst).length;
  return h("section", { class: "card", testid: "facts" }, h("h2", {}, t(card.facts.length > 0 ? "facts" : "known_so_far")),
    facts([...rows.slice(0, first), [t("authority"), own(card.authority)], [t("issuer"), card.issuer && h("code", {}, card.issuer)], [t("received_on"), time(card.begun_at)]]),
    rows.length > first && h("details", { testid: "facts-more" }, h("summary", {}, t("facts_more")), facts(rows.slice(first))));
}

function copies({ copies: list, valid_until: until }) {
  return list.length > 0 && h("section", { class: "card" }, h("h2", {}, t("copies")), h("p", { class: "hint" }, t("copies_hint")),
    facts(list.map((one) => [t(`format_${one.format}`), h("span", { class: "gauge" }, h("meter", { min: "0", max: String(one.total), value: String(one.fresh), low: "2.5", "aria-label": t("copies_fresh") }), " ", t("copies_count", one))]).concat([[t("copies_until"), until && day(until)]]), "copies"));
}

/** Asked once more, in place. */
function deletion(card) {
  const ask = (id) => () => { deleting = id; show({ focus: false }); setTimeout(() => document.querySelector(`[data-testid=${id ? "delete-card-yes" : "delete-card"}]`)?.focus()); };
  if (deleting !== card.id) return h("div", { class: "actions" }, button(t("delete_card"), ask(card.id), { kind: "plain danger", testid: "delete-card" }));
  const remove = () => {
    deleting = null;
    during(t("deleting"), () => engine.deleteCard(card.id), () => leave("cards", t("deleted_card")));
  };
  return h("section", { class: "card", role: "group", "aria-label": t("delete_card") }, h("p", {}, t("delete_card_question", { name: own(card.title) })),
    h("div", { class: "actions" }, button(t("delete_card_yes"), remove, { kind: "danger", testid: "delete-card-yes" }), button(t("cancel"), ask(null), { testid: "delete-card-no" })));
}
