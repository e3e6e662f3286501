// Taking what is offered, and what came of it. An errand that was cut off goes on from the card in the wallet.

import { codeForm } from "./add.js";
import { button, h } from "./dom.js";
import { engine } from "./engine.js";
import { face } from "./face.js";
import { told } from "./problems.js";
import { leave, step } from "./state.js";
import { during, problemScreen } from "./waiting.js";
import { t, time } from "./words.js";

/** A wrong code is said beside its field, and may be typed again. */
const WRONG_CODE = ["tx_code_wrong", "tx_code_form", "tx_code_missing"];

/** Takes the offer. */
export function add(link, txCode, form) {
  const failed = (problem) => (form && WRONG_CODE.includes(problem.code) ? codeAgain(problem, link, form) : refused(problem, () => add(link, txCode, form)));
  during(t("adding"), () => engine.add(link, { txCode }), added, failed);
}

/** Of another person's document not even the note that it was refused stays: there is nothing on it and nothing to do with it. */
async function refused(problem, again) {
  if (problem.code === "other_person" && problem.values.card) await engine.deleteCard(problem.values.card).catch(() => {});
  problemScreen(problem, again);
}

function codeAgain(problem, link, form) {
  step(() => [h("h1", { tabindex: "-1", class: "small" }, t("tx_again")), codeForm(form, link, told(problem))]);
}

/** To the issuer's own page, which sends the browser back here. */
export function goToSignIn(link) {
  during(t("to_sign_in"), () => engine.signIn(link), ({ url }) => { location.href = url; });
}

/** Back from the issuer's page. */
export function signedIn(address) {
  during(t("adding"), () => engine.signedIn(address), added, (problem) => refused(problem, () => signedIn(address)));
}

/** Goes on with a card whose errand was cut off. */
export function goOn(id) {
  during(t("adding"), () => engine.goOn(id), added, (problem) => refused(problem, () => goOn(id)));
}

/** New copies. An issuer that gives none yet refuses the token that asks for them. */
export function refill(id) {
  const words = (problem) => (problem.code === "issuer_refused" && problem.values.error === "invalid_grant" ? { ...problem, code: "refill_refused" } : problem);
  during(t("refilling"), () => engine.refill(id), () => leave(`card/${id}`, t("refilled")), (problem) => problemScreen(words(problem), () => refill(id)));
}

function added({ card: id, later }) {
  step(() => {
    const card = engine.card(id);
    return [
      h("h1", { tabindex: "-1", class: "small", testid: "added" }, t(later ? "added_later" : "added")),
      later ? h("p", { class: "lead" }, t("added_later_hint", { time: time(later) })) : h("p", { class: "lead" }, t("added_hint")),
      card && face(card),
      h("div", { class: "actions" },
        card && button(t("see_card"), () => leave(`card/${id}`), { kind: "primary", testid: "see-card" }),
        button(t("to_cards"), () => leave(), { testid: "to-cards" })),
    ];
  });
}
