// What would be shared, document by document and element by element, with its values.

import { h } from "./dom.js";
import { engine } from "./engine.js";
import { icon } from "./signs.js";
import { inOrder, shownValue } from "./values.js";
import { own, t } from "./words.js";

/** Everything that is asked for. What may be left out has a box; of several ways one is chosen. */
export function askCards({ asks }, consent, again) {
  const counter = { element: 0, optional: 0 };
  return asks.map((ask, place) => {
    const chosen = consent.chosen[place];
    return h("section", { class: "card ask", testid: `ask-${place}` },
      !ask.required && box(ask, place, consent, again, counter),
      chosen !== null && distinct(ask).length > 1 && ways(ask, place, consent, again),
      chosen !== null && ask.options[chosen].documents.map((document) => documentPart(document, counter)));
  });
}

/** The documents that the consent chooses. */
const chosenDocuments = ({ asks }, { chosen }) => asks.flatMap((ask, place) => (chosen[place] === null ? [] : ask.options[chosen[place]].documents));

const summary = ({ documents }) => documents.map(({ document, elements }) => `${own(document)}: ${elements.map(({ label }) => own(label)).join(", ")}`).join(" · ");

/** Options that differ to a person: the same elements in another format are no choice, and the first of them shares least. */
function distinct({ options }) {
  const words = options.map(summary);
  return options.map((option, index) => ({ option, index })).filter(({ index }) => words.indexOf(words[index]) === index);
}

/** One that can be left out is left out until it is chosen. */
function box(ask, place, consent, again, counter) {
  const id = `optional-${counter.optional}`;
  counter.optional += 1;
  const input = h("input", { type: "checkbox", id, testid: id, checked: consent.chosen[place] !== null, on: { change: () => {
    consent.chosen[place] = input.checked ? 0 : null;
    again();
    setTimeout(() => document.getElementById(id)?.focus());
  } } });
  return h("div", { class: "check-row" }, input, h("label", { for: id }, h("strong", {}, t("optional")), " ", summary(ask.options[0])));
}

/** The first shares the least. */
function ways(ask, place, consent, again) {
  const one = ({ option, index }) => {
    const id = `way-${place}-${index}`;
    const choose = () => { consent.chosen[place] = index; again(); setTimeout(() => document.getElementById(id)?.focus()); };
    const input = h("input", { type: "radio", name: `way-${place}`, id, testid: id, checked: consent.chosen[place] === index, on: { change: choose } });
    return h("div", { class: "check-row" }, input, h("label", { for: id }, summary(option), index === 0 && h("span", { class: "tag" }, t("least"))));
  };
  return h("fieldset", { class: "ways" }, h("legend", {}, t("ways")), distinct(ask).map(one));
}

function documentPart(shared, counter) {
  return h("div", { class: "shared-document" },
    h("h2", {}, own(shared.document)),
    h("ul", { class: "elements" }, shared.elements.map((element) => row(element, counter))),
    copyNote(shared));
}

function row(element, counter) {
  const label = own(element.label);
  const n = counter.element;
  counter.element += 1;
  return h("li", { testid: `element-${n}` },
    h("span", { class: "label" }, label),
    h("span", { class: "told" },
      h("span", { class: "value" }, shownValue(element, label)),
      (element.keeps !== null || element.sensitive || element.recognises) && h("span", { class: "tags" },
        element.sensitive && h("span", { class: "tag sensitive" }, t("sensitive")),
        element.recognises && h("span", { class: "tag recognises", testid: "recognises" }, t("recognises")),
        element.keeps === true && h("span", { class: "tag keeps" }, t("keeps")),
        element.keeps === false && h("span", { class: "tag" }, t("keeps_not")))));
}

/** Whether two who compare could tell that it is one person (design D7). */
function copyNote({ copy: { state, fresh_left: left } }) {
  if (state === "fresh") return h("p", { class: "hint copy" }, t("copy_fresh", { n: left }));
  return h("p", { class: state === "seen_by_others" ? "advice copy" : "hint copy", testid: "copy-reused", "data-state": state }, state === "seen_by_others" && icon("warning"), h("span", {}, t(`copy_${state}`)));
}

/** A name in other letters tells little beside the one that is shared. */
const isName = ({ id }) => /^(family|given)_name/.test(id);

/** As many as are read at a glance. */
const NAMED = 6;

/** What they do not learn, the nearest to a person first. */
export function notShared(proposal, consent) {
  const documents = chosenDocuments(proposal, consent);
  const kept = new Set(documents.flatMap(({ not_shared: labels }) => labels.map(own)));
  const facts = inOrder(documents.flatMap(({ card }) => engine.card(card)?.facts ?? []));
  const known = [...facts.filter((fact) => !isName(fact)), ...facts.filter(isName)].map(({ label }) => own(label)).filter((label) => kept.has(label));
  const labels = [...new Set([...known, ...kept])];
  return labels.length > 0 && h("section", { class: "card kept", testid: "not-shared" }, h("h2", {}, t("not_shared")),
    h("p", {}, labels.slice(0, NAMED).join(" · ")),
    labels.length > NAMED && h("details", {}, h("summary", {}, t("not_shared_more", { n: labels.length - NAMED })), h("p", {}, labels.slice(NAMED).join(" · "))));
}
