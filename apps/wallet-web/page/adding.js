// Taking what is offered, and what came of it. An errand that was cut off goes on from the card in the wallet.

import { codeForm } from "./add.js";
import { h } from "./dom.js";
import { engine } from "./engine.js";
import { told } from "./problems.js";
import { leave, step } from "./state.js";
import { during, problemScreen } from "./waiting.js";
import { t } from "./words.js";

/** A wrong code is said beside its field, and may be typed again. */
const WRONG_CODE = ["tx_code_wrong", "tx_code_form", "tx_code_missing"];

/** Takes the offer. */
export function add(link, txCode, form) {
  const failed = (problem) => (form && WRONG_CODE.includes(problem.code) ? codeAgain(problem, link, form) : problemScreen(problem, () => add(link, txCode, form)));
  during(t("adding"), () => engine.add(link, { txCode }), added, failed);
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
  during(t("adding"), () => engine.signedIn(address), added, (problem) => problemScreen(problem, () => signedIn(address)));
}

/** Goes on with a card whose errand was cut off. */
export function goOn(id) {
  during(t("adding"), () => engine.goOn(id), added, (problem) => problemScreen(problem, () => goOn(id)));
}

/** New copies. */
export function refill(id) {
  during(t("refilling"), () => engine.refill(id), () => leave(`card/${id}`, t("refilled")), (problem) => problemScreen(problem, () => refill(id)));
}

/** The card itself says the most: what it holds, or until when its issuer prepares it. */
const added = ({ card: id, later }) => leave(`card/${id}`, t(later ? "added_later" : "added"));
