// Values of documents as people read them.

import { h, picture } from "./dom.js";
import { day, lang, t, time } from "./words.js";

const SEX = { 1: "male", 2: "female" };

/** A value as text. */
export function valueText(value, id = "") {
  if (value === null || value === undefined) return "";
  if (id === "sex" && value in SEX) return t(SEX[value]);
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "string" && isCountry(id, value)) return new Intl.DisplayNames(lang(), { type: "region" }).of(value);
  if (typeof value === "string") return /^\d{4}-\d\d-\d\dT/.test(value) ? time(value) : /^\d{4}-\d\d-\d\d$/.test(value) ? day(value) : value;
  if (Array.isArray(value)) return value.map((item) => valueText(item)).join(" · ");
  if (typeof value === "object") return Object.entries(value).map(([name, item]) => `${name}: ${valueText(item)}`).join(", ");
  return String(value);
}

/** ISO 3166-1: two letters are a country where the element is about one. */
const isCountry = (id, value) => /country|nationality/.test(id) && /^[A-Z]{2}$/.test(value);

/** A value, or the picture that it is. */
export const shownValue = ({ value, image, path, id }, alt) => (image ? picture(image, alt) : valueText(value, id ?? path?.at(-1)));

/** A value that stays hidden until it is tapped. */
export function masked(label, fact, testid) {
  const text = valueText(fact.value, fact.id ?? fact.path?.at(-1));
  const named = (word) => [t(word), h("span", { class: "unseen" }, ` ${label}`)];
  const shown = h("span", { class: "secret", role: "status" }, hidden(text));
  let open = false;
  const toggle = h("button", {
    type: "button", class: "button plain reveal", testid,
    on: { click: () => {
      open = !open;
      toggle.replaceChildren(...named(open ? "mask" : "reveal"));
      shown.textContent = open ? text : hidden(text);
    } },
  }, named("reveal"));
  return h("span", { class: "masked" }, shown, toggle);
}

/** As long as it is, or nearly, and nothing of it. */
const hidden = (text) => "•".repeat(Math.min(Math.max([...text].length, 6), 14));
