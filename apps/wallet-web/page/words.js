// What the page says, Korean first. The tables are beside this file by subject; names of documents, elements and relying
// parties come in both languages from the core.

import { CARDS } from "./words-cards.js";
import { FRAME } from "./words-frame.js";
import { PROBLEMS } from "./words-problems.js";
import { SHARING } from "./words-sharing.js";

const WORDS = { ...FRAME, ...CARDS, ...SHARING, ...PROBLEMS };

let language = stored() ?? "ko";

function stored() {
  try {
    return localStorage.getItem("language");
  } catch {
    return null;
  }
}

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
  const words = WORDS[key]?.[language === "en" ? 1 : 0] ?? key;
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const has = (key) => key in WORDS;

/** A name in two languages, or one that has none. */
export const own = (label) => (typeof label === "string" ? label : label?.[language] ?? label?.ko ?? label?.en ?? "");

const two = (number) => String(number).padStart(2, "0");
const dated = (at) => `${at.getFullYear()}. ${at.getMonth() + 1}. ${at.getDate()}.`;

/** The hour alone, to the second: what moves on a card. */
export const clock = (at) => `${dated(at)} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;

const read = (text) => new Date(typeof text === "number" ? text * 1000 : text);

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

/** How long ago. */
export function age(seconds) {
  const korean = language === "ko";
  if (seconds < -60) return korean ? "미래" : "in the future";
  if (seconds < 60) return korean ? "방금" : "just now";
  if (seconds < 3600) return korean ? `${Math.floor(seconds / 60)}분 전` : `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 72 * 3600) return korean ? `${Math.floor(seconds / 3600)}시간 전` : `${Math.floor(seconds / 3600)} h ago`;
  return korean ? `${Math.floor(seconds / 86400)}일 전` : `${Math.floor(seconds / 86400)} days ago`;
}

/** How long ago a moment was. */
export const since = (text) => age((Date.now() - read(text).getTime()) / 1000);

/** A span of time that somebody has to wait. */
export function wait(seconds) {
  if (seconds < 60) return t("n_seconds", { n: Math.max(1, Math.ceil(seconds)) });
  return seconds < 5400 ? t("n_minutes", { n: Math.ceil(seconds / 60) }) : t("n_hours", { n: Math.ceil(seconds / 3600) });
}
