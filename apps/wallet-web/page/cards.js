// The documents of this wallet, each as its card.

import { h } from "./dom.js";
import { face } from "./face.js";
import { engine } from "./engine.js";
import { icon } from "./signs.js";
import { takeNote } from "./state.js";
import { t } from "./words.js";
import { warningList } from "./warnings.js";

export async function cardsView() {
  const cards = await engine.cards();
  const note = takeNote();
  return [
    h("h1", { tabindex: "-1", class: cards.length > 0 ? "small" : "" }, t(cards.length > 0 ? "cards" : "no_cards")),
    note && h("p", { class: "good", role: "status", testid: "note" }, note),
    cards.length > 0 ? h("ul", { class: "wallet", testid: "cards" }, cards.map(entry)) : empty(),
  ];
}

function empty() {
  return [
    h("p", { class: "lead" }, t("no_cards_hint")),
    h("div", { class: "actions" }, h("a", { class: "button primary", href: "#add", testid: "to-add" }, icon("add"), t("add_title"))),
  ];
}

function entry(card, index) {
  return h("li", {},
    h("a", { href: `#card/${card.id}`, class: "to-card", testid: `card-${index}` }, face(card)),
    warningList(card));
}
