// Looks for what must not be there: in bytes, and in every file of a folder.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { inForms } from "./recorder.mjs";

/** A number of bytes that is found nowhere by chance. */
const PIECE = 24;
const PIECES = 3;

/** Which of some named words are in the bytes: `{ name: word }`, a text or bytes. */
export function foundIn(bytes, words) {
  return Object.entries(words).filter(([, word]) => forms(word).some((form) => bytes.includes(form))).map(([name]) => name);
}

/** The same in all files of a folder. */
export function foundUnder(folder, words) {
  const all = Object.entries(words).map(([name, word]) => [name, forms(word)]);
  const found = new Set();
  for (const file of filesOf(folder)) {
    const bytes = readFileSync(file);
    for (const [name, its] of all) if (its.some((form) => bytes.includes(form))) found.add(name);
  }
  return [...found];
}

/** Long bytes are looked for by pieces of them, since what keeps them may cut them. */
function forms(word) {
  if (!Buffer.isBuffer(word)) return [...inForms(word), Buffer.from(word, "utf16le")];
  if (word.length <= 4 * PIECE) return [...inForms(word), Buffer.from(word.toString("hex"))];
  const at = Array.from({ length: PIECES }, (_, nth) => Math.floor(((nth + 1) * word.length) / (PIECES + 1)));
  return at.flatMap((from) => inForms(word.subarray(from, from + PIECE)));
}

function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesOf(path) : entry.isFile() ? [path] : [];
  });
}

/** What is known of a person that must not lie about, by the register's row. */
export function personal(person) {
  return {
    "resident number": person.resident_number, "card number": person.card_number, address: person.address,
    "address in Latin": person.address_latin, "birth place": person.birth_place_latin,
    portrait: Buffer.from(person.portrait, "base64"),
  };
}
