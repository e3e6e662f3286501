// A request that the wallet refuses before anybody is asked: which rule, by whom, and that nothing left.

import { button, facts, h } from "./dom.js";
import { engine } from "./engine.js";
import { icon } from "./signs.js";
import { leave } from "./state.js";
import { during } from "./waiting.js";
import { has, own, t, time } from "./words.js";

const MOMENTS = ["as_of", "since", "expired_at", "issued_at", "at"];

export function refusalView({ code, who, values = {} }) {
  return [
    h("div", { class: "glance refused", testid: "refusal", "data-code": code }, icon("no"),
      h("div", {}, h("h1", { tabindex: "-1" }, t("refused")), h("p", { testid: "nothing-sent" }, t("nothing_sent")))),
    h("section", { class: "card" },
      h("p", { class: "why" }, sentence(code, values)),
      values.beyond?.length > 0 && h("ul", { class: "beyond", testid: "beyond" }, [...new Set(values.beyond.map(beyond))].map((one) => h("li", {}, one))),
      has(`then_${code}`) && h("p", {}, t(`then_${code}`)),
      facts([
        [t("who_asked"), h("span", { testid: "refusal-who" }, who ? own(who.name) : t("who_unknown"))],
        [t("answer_goes_to"), who?.host && h("code", {}, who.host)],
        [t("code"), h("code", { testid: "refusal-code" }, code)],
      ])),
    h("div", { class: "actions" },
      button(t("to_cards"), () => leave(), { kind: "primary", testid: "to-cards" }),
      button(t("keep_refusal"), keep, { testid: "keep-refusal" })),
  ];
}

/** Nothing is noted unless the holder wishes it. */
const keep = () => during(t("keeping"), () => engine.keepRefusal(), () => leave("history", t("refusal_kept")));

function sentence(code, values) {
  const filled = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, MOMENTS.includes(name) && value ? time(value) : value]));
  return has(`refuse_${code}`) ? t(`refuse_${code}`, filled) : t("refuse_other", { code });
}

/** One thing too much, with its name where it has one; the same in two formats is one. */
function beyond({ code, document, element, purpose }) {
  const what = element && document ? `${own(element)} (${own(document)})` : own(element) || own(document) || purpose;
  return `${has(`beyond_${code}`) ? t(`beyond_${code}`) : code}${what ? `: ${what}` : ""}`;
}
