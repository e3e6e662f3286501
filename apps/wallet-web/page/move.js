// A new phone: nothing secret leaves this one. Each document is issued anew there, and by that ends here (design D9).

import { button, h } from "./dom.js";
import { engine } from "./engine.js";
import { leave } from "./state.js";
import { own, t } from "./words.js";

export function moveView() {
  const cards = engine.cards();
  const here = new URL("./", location.href).href;
  return [
    h("h1", { tabindex: "-1", class: "small" }, t("move_title")),
    h("p", { class: "lead" }, t("move_lead")),
    h("ol", { class: "steps-list", testid: "move-steps" },
      h("li", {}, h("p", {}, t("move_1")), h("p", {}, h("code", {}, here)), code(here)),
      h("li", {}, h("p", {}, t("move_2")), cards.length > 0 && h("ul", { class: "dots" }, cards.map((card) => h("li", {}, `${own(card.title)} · ${own(card.authority)}`)))),
      h("li", {}, h("p", {}, t("move_3"))),
      h("li", {}, h("p", {}, t("move_4")))),
    h("div", { class: "actions" }, button(t("to_settings"), () => leave("settings"), { testid: "move-back" })),
  ];
}

/** The address as a QR code, drawn as one path. */
function code(text) {
  const place = h("p", { class: "qr" });
  Promise.resolve(engine.qr(text)).then((rows) => place.replaceChildren(drawn(rows)), () => place.remove());
  return place;
}

function drawn(rows) {
  const d = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + 4} ${y + 4}h1v1h-1z`] : []))).join("");
  const side = rows.length + 8;
  return h("svg", { viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": t("move_qr") }, h("path", { d }));
}
