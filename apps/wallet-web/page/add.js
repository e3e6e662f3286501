// Adding a document: by camera, picture or link. Then what is offered, by whom, and what it takes.

import { add, goToSignIn } from "./adding.js";
import { camera } from "./camera.js";
import { button, facts, h } from "./dom.js";
import { engine } from "./engine.js";
import { kindOf, unwrapped } from "./links.js";
import { errorPlace } from "./problems.js";
import { receive } from "./calls.js";
import { icon } from "./signs.js";
import { leave, step } from "./state.js";
import { during, knowing, problemScreen } from "./waiting.js";
import { own, t } from "./words.js";

export function addView() {
  return [
    h("h1", { tabindex: "-1", class: "small" }, t("add_question")),
    h("p", { class: "lead" }, t("add_hint")),
    !navigator.onLine && h("p", { class: "advice" }, icon("offline"), h("span", {}, t("add_offline"))),
    camera({ prefix: "add", found: (text) => take(text) }),
    linkForm({ prefix: "add", label: t("add_link"), go: t("add_go"), goId: "add-go", take }),
    h("details", { class: "card" }, h("summary", {}, t("where_to_apply")), h("p", {}, t("where_to_apply_hint")), engine.config().guide && h("p", {}, h("a", { href: engine.config().guide }, t("to_guide")))),
  ];
}

/** What was typed and not yet used: a screen may be drawn anew meanwhile. */
const drafts = {};

/** A field for what cannot be scanned. */
export function linkForm({ prefix, label, go, goId, take: taken }) {
  const { place, tell } = errorPlace(`${prefix}-link-error`);
  const input = h("textarea", { id: `${prefix}-link`, testid: `${prefix}-link`, rows: "3", spellcheck: "false", autocomplete: "off", autocapitalize: "off", "aria-describedby": `${prefix}-link-error`, value: drafts[prefix] ?? "", on: { input: () => { drafts[prefix] = input.value; } } });
  const submit = (event) => {
    event.preventDefault();
    drafts[prefix] = "";
    if (input.value.trim()) taken(input.value);
    else {
      tell(t("link_empty"));
      input.focus();
    }
  };
  return h("form", { class: "card fields", on: { submit } },
    h("label", { for: `${prefix}-link` }, label), input, place,
    h("div", { class: "actions" }, h("button", { type: "submit", class: "button secondary", testid: goId }, go)));
}

/** Whatever it is: a request pasted here is a request. */
function take(text) {
  const link = unwrapped(text);
  const kind = kindOf(link);
  if (kind && kind !== "offer") receive({ kind, link });
  else readOffer(link);
}

/** Looks at an offer before anything is taken. */
export function readOffer(link) {
  during(t("reading_offer"), () => knowing(() => engine.readOffer(link)), (offer) => step(() => offerView(offer, link)), (problem) => problemScreen(problem, () => readOffer(link)));
}

function offerView(offer, link) {
  const documents = offer.documents.map(({ title }) => own(title));
  // Two documents may share a document type.
  const again = offer.documents.some(({ name, held }) => held.some((id) => engine.card(id)?.document === name));
  return [
    h("h1", { tabindex: "-1", class: "small" }, t("offer_question")),
    h("section", { class: "card", testid: "offer" }, facts([
      [t("document"), documents.join(" · ")],
      [t("issuer"), h("span", { testid: "offer-issuer" }, own(offer.issuer_name) || hostOf(offer.issuer))],
      [t("address"), h("code", {}, hostOf(offer.issuer))],
    ])),
    again && h("p", { class: "advice", testid: "offer-again" }, icon("warning"), h("span", {}, t("offer_again"))),
    offer.wallet_lock === "passkey" && engine.settings()?.level !== "passkey" ? needsPasskey() : means(offer, link),
  ];
}

const hostOf = (url) => (URL.canParse(url) ? new URL(url).host : url);

function needsPasskey() {
  return [
    h("p", { class: "advice", testid: "passkey-needed" }, icon("warning"), h("span", {}, t("at_passkey_needed"))),
    h("div", { class: "actions" }, button(t("to_settings"), () => leave("settings"), { kind: "primary" }), cancel()),
  ];
}

const cancel = () => button(t("cancel"), () => leave(), { kind: "plain", testid: "offer-cancel" });

/** The one thing that the person has to do: type the code, sign in, or nothing. */
function means(offer, link) {
  if (offer.sign_in) return h("div", { class: "actions" }, button(t("sign_in"), () => goToSignIn(link), { kind: "primary", testid: "sign-in" }), cancel());
  if (offer.tx_code) return codeForm(offer.tx_code, link);
  return h("div", { class: "actions" }, button(t("take"), () => add(link), { kind: "primary", testid: "tx-go" }), cancel());
}

export function codeForm(form, link, problem = "") {
  const { place, tell } = errorPlace("tx-error");
  if (problem) tell(problem);
  const input = h("input", {
    type: "text", id: "tx-code", testid: "tx-code", class: "code", inputmode: form.digits ? "numeric" : "text", autocomplete: "one-time-code", spellcheck: "false",
    maxlength: form.length ?? null, "aria-describedby": "tx-hint tx-error",
  });
  const submit = (event) => {
    event.preventDefault();
    const code = input.value.replaceAll(/\s/g, "");
    if (code.length > 0 && (!form.length || code.length === form.length)) {
      add(link, code, form);
      return;
    }
    tell(t("tx_length", { length: form.length ?? "" }));
    input.focus();
  };
  return h("form", { class: "card fields", on: { submit } },
    h("label", { for: "tx-code" }, t("tx_code")),
    h("p", { class: "hint", id: "tx-hint" }, form.description || t(form.length ? "tx_hint_length" : "tx_hint", { length: form.length ?? "" })),
    input, place,
    h("div", { class: "actions" }, h("button", { type: "submit", class: "button primary", testid: "tx-go" }, t("take")), cancel()));
}
