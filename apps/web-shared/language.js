// What pages say, Korean first: the words of a page by their keys, in the language that its reader chose, and how dates are
// written. Each page has its own table, `words.js`, and teaches it here; names of documents and elements come in both
// languages from the core.

let words = {};
let language = stored() ?? "ko";

function stored() {
  try {
    return localStorage.getItem("language");
  } catch {
    return null;
  }
}

/** From now on these are the words: `{ key: [Korean, English] }`. */
export const teach = (table) => { words = table; };

/** `ko` or `en`. */
export const lang = () => language;

/** Remembers the choice and tells the browser and the screen reader. */
export function speak(chosen) {
  language = chosen === "en" ? "en" : "ko";
  document.documentElement.lang = language;
  document.title = t("title");
  try {
    localStorage.setItem("language", language);
  } catch {
    // Kept for this visit only.
  }
}

/** The words for a key, with `{values}` filled in. */
export function t(key, values = {}) {
  const said = words[key]?.[language === "en" ? 1 : 0] ?? key;
  return said.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const has = (key) => key in words;

/** A name in two languages, or one that has none. */
export const own = (label) => (typeof label === "string" ? label : label?.[language] ?? label?.ko ?? label?.en ?? "");

const two = (number) => String(number).padStart(2, "0");
const dated = (at) => `${at.getFullYear()}. ${at.getMonth() + 1}. ${at.getDate()}.`;

/** The hour alone, to the second: what moves on a card. */
export const clock = (at) => `${dated(at)} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;

/** A moment as the core writes it: text, or seconds. */
export const read = (text) => new Date(typeof text === "number" ? text * 1000 : text);

/** `2026. 11. 21. 09:00` by this device's clock. */
export function time(text) {
  const at = read(text);
  return Number.isNaN(at.getTime()) ? String(text) : `${dated(at)} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** `2026. 11. 21.`, of a day or of a moment. */
export function day(text) {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year) return `${year}. ${Number(month)}. ${Number(date)}.`;
  const at = read(text);
  return Number.isNaN(at.getTime()) ? String(text) : dated(at);
}
