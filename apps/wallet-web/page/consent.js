// The question before anything leaves: who asks, registered for what, what each element says, what stays here. Or why the
// wallet does not even ask it.

import { button, facts, h } from "./dom.js";
import { engine } from "./engine.js";
import { askCards, notShared } from "./proposal.js";
import { icon } from "./signs.js";
import { leave, show, step } from "./state.js";
import { during, knowing, problemScreen } from "./waiting.js";
import { has, own, t, time } from "./words.js";
import { refusalView } from "./refused.js";

/** Reads a request and shows what would answer it. `here`: it is of a page on this device, to which the holder goes back. */
export function ask(link, { here = false } = {}) {
  during(t("reading_request"), () => knowing(() => engine.ask(link)), (asked) => begin(asked, here), (problem) => problemScreen(problem, () => ask(link, { here })));
}

function begin({ proposal, refusal }, here) {
  if (refusal) {
    step(() => refusalView(refusal));
    return;
  }
  const consent = { chosen: proposal.asks.map(({ required }) => (required ? 0 : null)), express: false };
  step(() => consentView(proposal, consent, here), { live: true });
}

function consentView(proposal, consent, here) {
  const name = own(proposal.who.name);
  const again = () => show({ focus: false });
  return h("div", { class: "consent", testid: "consent" },
    h("h1", { tabindex: "-1", class: "small" }, t("consent_before"), h("span", { testid: "consent-who" }, name), t("consent_after")),
    purpose(proposal),
    who(proposal),
    number(proposal),
    warnings(proposal),
    authorising(proposal),
    askCards(proposal, consent, again),
    notShared(proposal, consent),
    express(proposal, consent),
    actions(proposal, consent, here));
}

/** Friction and no proof: what stands beside the code on the other screen. */
const number = ({ number: digits }) => digits && h("p", { class: "hint" }, t("number"), " ", h("strong", { class: "number", testid: "consent-number" }, digits), " ", t("number_hint"));

/** All that the holder's key signs beside the answer, as it is signed. */
function authorising({ transactions }) {
  return transactions.map(({ title, lines }, place) => h("section", { class: "card authorising", testid: `authorise-${place}` },
    h("p", { class: "hint" }, t("authorise")), h("h2", {}, own(title)),
    facts(lines.map(({ label, value }) => [own(label), own(value)]))));
}

function purpose({ purposes, purpose_stated: stated, legal_basis: basis }) {
  return h("div", { class: "purpose" },
    h("p", { class: "lead", testid: "consent-purpose" }, h("strong", {}, t("purpose")), " ", purposes.length > 0 ? purposes.map(own).join(" · ") : t("purpose_none")),
    !stated && purposes.length > 0 && h("p", { class: "hint" }, t("purpose_registered")),
    basis && h("p", { class: "hint", testid: "consent-basis" }, t("legal_basis", { basis: own(basis) })));
}

/** Folded away: by what it is known that they are who they say. */
function who({ who: asker, trust_as_of: asOf, expires_at: until }) {
  const registered = asker.verified_by === "registration";
  return h("details", { class: "asker" },
    h("summary", { testid: "consent-verified", "data-by": asker.verified_by }, icon(registered ? "yes" : "warning"), h("span", {}, t(`verified_${asker.verified_by}`))),
    facts([
      [t("registered_as"), asker.id && h("code", {}, asker.id)],
      [t("use_class"), asker.use_class && (has(`class_${asker.use_class}`) ? t(`class_${asker.use_class}`) : asker.use_class)],
      [t("answer_goes_to"), asker.host && h("code", {}, asker.host)],
      [t("client_id"), h("code", {}, asker.client_id)],
      [t("trust_as_of"), asOf && time(asOf)],
      [t("answer_until"), until && time(until)],
    ]));
}

/** What a copy says is beside the document. */
const ELSEWHERE = ["copy_reused"];

function warnings({ warnings: given }) {
  const words = ({ code, as_of: asOf }) => (has(`ask_${code}`) ? t(`ask_${code}`, { time: asOf && time(asOf) }) : code);
  const told = given.filter(({ code }) => !ELSEWHERE.includes(code));
  return told.length > 0 && h("ul", { class: "warnings" }, told.map((warning) => h("li", { class: "advice", testid: `warning-${warning.code}` }, icon("warning"), h("span", {}, words(warning)))));
}

function express({ needs_express_consent: needed }, consent) {
  if (!needed) return null;
  const box = h("input", { type: "checkbox", id: "express", testid: "express", checked: consent.express, on: { change: () => { consent.express = box.checked; } } });
  return h("div", { class: "check-row express" }, box, h("label", { for: "express" }, t("express")));
}

/** Two ways on, and always the one that shares nothing. Without a network, an answer is made ready. */
function actions(proposal, consent, here) {
  const problem = h("p", { class: "error", role: "alert", testid: "consent-error" });
  const agreed = (work) => () => {
    if (proposal.needs_express_consent && !consent.express) {
      problem.textContent = t("at_consent_not_express");
      document.getElementById("express").focus();
    } else if (consent.chosen.every((one) => one === null)) problem.textContent = t("nothing_chosen");
    else work();
  };
  const online = navigator.onLine;
  const go = proposal.transactions.length > 0 ? "authorise_go" : "share_go";
  const share = agreed(() => during(t("sharing"), () => engine.answer(proposal.id, consent), (shared) => { step(() => sharedView(proposal, shared)); goBack(here, shared); }));
  const prepare = agreed(() => during(t("preparing"), () => engine.prepare(proposal.id, consent), () => leave("share", t("prepared"))));
  const decline = () => during(t("declining"), () => engine.decline(proposal.id), (told) => { leave("cards", t("declined")); goBack(here, told); }, () => leave("cards", t("declined_silent")));
  return h("div", { class: "deciding" }, problem,
    h("div", { class: "actions" },
      button(t(online ? go : "prepare_go"), online ? share : prepare, { kind: "primary", testid: online ? "share-go" : "prepare-go" }),
      button(t("decline"), decline, { testid: "decline" })),
    !online && h("p", { class: "hint" }, t("prepare_hint")));
}

/** OpenID4VP §8.2: who was called from a page on this device goes back to where its party says, whatever was answered. */
function goBack(here, { redirect_uri: back }) {
  if (here && back) location.assign(back);
}

/** It is there. Where they want the browser to go on, it can go on. */
function sharedView({ who: asker }, { redirect_uri: back }) {
  return [
    h("div", { class: "glance held", testid: "shared" }, icon("yes"), h("div", {}, h("h1", { tabindex: "-1" }, t("shared")), h("p", {}, t("shared_with", { name: own(asker.name) })))),
    h("div", { class: "actions" },
      back && h("a", { class: "button primary", href: back, testid: "shared-return", rel: "noreferrer" }, t("shared_return", { name: own(asker.name) })),
      h("a", { class: "button secondary", href: "#history", testid: "to-history", on: { click: () => leave("history") } }, t("history")),
      button(t("to_cards"), () => leave(), { kind: "plain", testid: "to-cards" })),
  ];
}

/** Sends what was made ready. */
export function sendPrepared(id) {
  const line = engine.history().find((one) => one.id === id);
  during(t("sharing"), () => engine.sendPrepared(id), (shared) => step(() => sharedView(line, shared)), (problem) => problemScreen(problem, () => sendPrepared(id)));
}
