// What the wallet warns of on a card, in words that say what to do.

import { h } from "./dom.js";
import { icon } from "./signs.js";
import { day, has, t, time } from "./words.js";

/** All of them, or nothing. What hinders the card comes first: how far it has come, if that is not far enough. */
export function warningList(card) {
  const said = [...ofState(card.state), ...card.warnings.filter(({ code }) => code !== "unfinished").map(ofWarning)];
  return said.length > 0 && h("ul", { class: "warnings", testid: "warnings" }, said.map(([code, words]) => h("li", { class: "advice", testid: `warning-${code}` }, icon("warning"), h("span", {}, words))));
}

function ofState({ is, not_before: notBefore, code }) {
  return is === "held" ? [] : [[is, t(`state_${is}_then`, { time: notBefore && time(notBefore), code })]];
}

function ofWarning({ code, format, ...values }) {
  const filled = { ...values, format: format && t(`format_${format}`), day: values.day && day(values.day) };
  return [code, has(`warn_${code}`) ? t(`warn_${code}`, filled) : t("warn_other", { code })];
}
