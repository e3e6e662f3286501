// The fields in which a PIN is chosen: twice, with the error beside the field that caused it.

import { SHORTEST_PIN } from "./engine-lock.js";
import { h } from "./dom.js";
import { errorPlace } from "./problems.js";
import { t } from "./words.js";

/** `{ fields, read() }`; what was typed wrong is said, and `read` gives null. */
export function pinFields(autocomplete = "new-password") {
  const first = errorPlace("pin-error");
  const second = errorPlace("pin-again-error");
  const pin = field("pin", "pin_new", "pin-hint pin-error", autocomplete);
  const again = field("pin-again", "pin_again", "pin-again-error", autocomplete);
  const fields = h("div", { class: "fields" },
    h("label", { for: "pin" }, t("pin_new")), h("p", { class: "hint", id: "pin-hint" }, t("pin_hint", { length: SHORTEST_PIN })), pin, first.place,
    h("label", { for: "pin-again" }, t("pin_again")), again, second.place);
  const read = () => {
    first.tell([...pin.value].length < SHORTEST_PIN ? t("at_pin_short", { length: SHORTEST_PIN }) : "");
    if (first.place.childElementCount > 0) return refuse(pin);
    second.tell(pin.value === again.value ? "" : t("pin_differs"));
    return pin.value === again.value ? pin.value : refuse(again);
  };
  return { fields, read };
}

const field = (id, label, described, autocomplete) => h("input", { type: "password", id, testid: id, inputmode: "numeric", autocomplete, "aria-describedby": described });

function refuse(input) {
  input.setAttribute("aria-invalid", "true");
  input.addEventListener("input", () => input.removeAttribute("aria-invalid"), { once: true });
  input.focus();
  return null;
}
