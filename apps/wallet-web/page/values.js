// Values of documents as people read them.

import { h, picture } from "./dom.js";
import { day, lang, t, time } from "./words.js";

const SEX = { 1: "male", 2: "female" };

/** What people look for comes first, in this order; the rest may be folded away. */
const FIRST = ["family_name_hangul", "given_name_hangul", "family_name", "given_name", "birth_date", "sex", "resident_registration_number", "document_number", "staff_number", "ministry_hangul", "position_hangul", "licence_classes", "disability_hangul", "resident_address_hangul", "issue_date", "expiry_date"];
const place = ({ id }) => (FIRST.includes(id) ? FIRST.indexOf(id) : FIRST.length);

export const isFirst = (fact) => place(fact) < FIRST.length;

/** Facts as people look for them. */
export const inOrder = (facts) => [...facts].sort((a, b) => place(a) - place(b));

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
