// The ways into the wallet: passkey, PIN, and what each is worth.

import { button, h } from "./dom.js";
import { engine } from "./engine.js";
import { pinFields } from "./pin.js";
import { alarm } from "./problems.js";
import { icon } from "./signs.js";
import { leave, show, state, step } from "./state.js";
import { look } from "./session.js";
import { t } from "./words.js";

let problem = null;

export function lockSection() {
  const { has, level, erases } = engine.settings() ?? { has: state.has, level: "pin" };
  const said = problem;
  problem = null;
  return h("section", { class: "card", testid: "settings-locks" }, h("h2", {}, t("locks")),
    h("p", { class: "row", testid: "settings-level", "data-level": level }, icon("lock"), h("span", { class: `level ${level}` }, t(`level_${level}`)), h("span", {}, t(`level_${level}_means`))),
    said && alarm(said, { testid: "settings-problem" }),
    h("div", { class: "actions" },
      has.passkey ? has.pin && button(t("remove_passkey"), attempt(() => engine.removePasskey(), "passkey_removed"), { kind: "secondary", testid: "settings-remove-passkey" })
        : button([icon("passkey"), t("add_passkey")], attempt(() => engine.addPasskey(), "passkey_added"), { kind: "primary", testid: "settings-add-passkey" }),
      button(t(has.pin ? "change_pin" : "set_pin"), () => step(() => pinView(has.pin)), { testid: "settings-pin" }),
      has.pin && has.passkey && button(t("remove_pin"), attempt(() => engine.removePin(), "pin_removed"), { testid: "settings-remove-pin" }),
      button(t("lock_now"), () => engine.lock(), { testid: "settings-lock" })),
    has.pin && erasure(erases),
    h("p", { class: "hint" }, t("locks_hint")));
}

/** Does it, and says on the same screen what came of it. */
const attempt = (work, done) => async () => {
  try {
    await work();
    await look();
    state.note = t(done);
  } catch (stopped) {
    problem = stopped;
  }
  show();
};

function erasure(erases) {
  const box = h("input", { type: "checkbox", id: "settings-erase", testid: "settings-erase", checked: erases, on: { change: attempt(() => engine.eraseAfterWrongPins(box.checked), "settings_kept") } });
  return h("div", { class: "check-row" }, box, h("label", { for: "settings-erase" }, t("erase_after_wrong")));
}

function pinView(has) {
  const pin = pinFields();
  const place = h("div", {});
  const submit = async (event) => {
    event.preventDefault();
    place.replaceChildren();
    const code = pin.read();
    if (code === null) return;
    try {
      await engine.setPin(code);
      await look();
      leave("settings", t("pin_set"));
    } catch (stopped) {
      place.replaceChildren(alarm(stopped));
    }
  };
  return [
    h("h1", { tabindex: "-1", class: "small" }, t(has ? "change_pin" : "set_pin")),
    !has && h("p", { class: "advice" }, icon("warning"), h("span", {}, t("pin_lowers"))),
    h("form", { class: "card fields", on: { submit } }, pin.fields, place,
      h("div", { class: "actions" }, h("button", { type: "submit", class: "button primary", testid: "pin-go" }, t("save")), button(t("cancel"), () => leave("settings"), { kind: "plain" }))),
  ];
}
