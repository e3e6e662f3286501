// Every code that core and engine can stop with has words in both languages: the codes are read where they are written, in the
// sources, and asked of the page that runs.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { scenario } from "../scenario.mjs";
import { open } from "./wallet.mjs";

/** A body of `fn code`, up to the brace that closes it. */
const CODE = /fn code\(&self\) -> &'static str \{\n([\s\S]*?)\n    \}\n/g;
const GIVEN = /=> "([a-z_]+)"/g;
/** In the shell around the core, which also gathers faults of others under a code, and in the page's engine. */
const PROBLEM = /(?:Problem|Self)::(?:new|with)\(\s*"([a-z_]+)"/g;
const GATHERED = /=> (?:\{\s*)?\(?"([a-z_]+)"/g;
const STOPPED = /new Stopped\((?:[^"()]*\? )?"([a-z_]+)"(?: : "([a-z_]+)")?/g;

/** Fewer were found where the pattern does not fit the sources any more. */
const LEAST = { refusals: 45, answers: 12, problems: 40, stopped: 15, beyond: 5 };

export function words(stage) {
  scenario("every code has words in Korean and English", () => spoken(stage));
}

const all = (text, pattern) => [...text.matchAll(pattern)].flatMap(([, ...groups]) => groups.filter(Boolean));
const codesIn = (text) => all(text, CODE).flatMap((body) => all(body, GIVEN));

function codes({ settings: { sources } }) {
  const read = (...path) => readFileSync(join(sources, ...path), "utf8");
  const folder = (path, pattern) => readdirSync(join(sources, path)).filter((name) => pattern.test(name)).map((name) => read(path, name)).join("\n");
  const [requests, answers] = read("crates/mapae-oid4vp/src/fault.rs").split("pub enum AnswerFault");
  return {
    refusals: [...codesIn(read("crates/mapae-wallet/src/asking/refusal.rs")), ...codesIn(requests)],
    answers: [...codesIn(read("crates/mapae-wallet/src/asking/error.rs")), ...codesIn(answers)],
    problems: [...all(folder("apps/wallet-web/src", /\.rs$/), PROBLEM), ...all(read("apps/wallet-web/src/problem.rs"), GATHERED)],
    stopped: all(folder("apps/wallet-web/page", /^engine.*\.js$/), STOPPED),
    beyond: codesIn(read("crates/mapae-trust/src/registration/covers.rs")),
  };
}

async function spoken(stage) {
  const visit = await open(await stage.visit());
  const found = codes(stage);
  for (const [kind, least] of Object.entries(LEAST)) assert.ok(found[kind].length >= least, `${kind}: ${found[kind].length}`);
  const { dumb, mute } = await visit.page.evaluate(silent, found);
  assert.deepEqual(dumb, [], "no words");
  assert.deepEqual(mute, [], "not in both languages");
  await visit.close();
  return `${new Set(Object.values(found).flat()).size} codes`;
}

/** Runs in the page: codes without words, and words in one language only. */
async function silent({ refusals, answers, problems, stopped, beyond }) {
  const [{ has, speak }, { told }] = await Promise.all([import("./words.js"), import("./problems.js")]);
  const isTold = (code) => !told({ code, values: {} }).includes(`(${code})`);
  const dumb = [
    ...[...answers, ...problems, ...stopped, ...refusals].filter((code) => !isTold(code)),
    ...refusals.filter((code) => !has(`refuse_${code}`)), ...beyond.filter((code) => !has(`beyond_${code}`)),
  ];
  const said = (language) => {
    speak(language);
    return [...answers, ...problems, ...stopped, ...refusals].map((code) => [code, told({ code, values: {} })]);
  };
  const mute = [
    ...said("ko").filter(([, text]) => !/[가-힣]/.test(text)), ...said("en").filter(([, text]) => /[가-힣]/.test(text) || !/[a-z]{3}/.test(text)),
  ].map(([code]) => code);
  return { dumb, mute };
}
