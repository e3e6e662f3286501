// What the page says, Korean first. The tables are beside this file by subject; names of documents, elements and relying
// parties come in both languages from the core.

import { lang, read, t, teach } from "./language.js";
import { CARDS } from "./words-cards.js";
import { FRAME } from "./words-frame.js";
import { PROBLEMS } from "./words-problems.js";
import { SHARING } from "./words-sharing.js";

export { clock, day, has, lang, own, speak, t, time } from "./language.js";

teach({ ...FRAME, ...CARDS, ...SHARING, ...PROBLEMS });

/** How long ago. */
export function age(seconds) {
  const korean = lang() === "ko";
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
