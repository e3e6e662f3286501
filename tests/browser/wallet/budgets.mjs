// What the wallet costs its owner: bytes to download, which decide, and time, which is printed and decides nothing.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

import { scenario } from "../scenario.mjs";
import { answersTo, askedBy, askedIn } from "./library.mjs";
import { plugIn } from "./passkey.mjs";
import { offerTo } from "./stage.mjs";
import { add, by, createByPasskey, heldWhole, open } from "./wallet.mjs";

const BUDGET = 400_000;
const TIMES = 5;
/** Milliseconds of looking at the cards. */
const SESSION = 5000;

export function budgets(stage) {
  scenario("the WebAssembly keeps within its budget", () => size(stage));
}

/** Alone, so that nobody else's work is measured. */
export function times(stage) {
  scenario("how long a second start and an answer take", () => took(stage));
}

function size({ settings: { wallet } }) {
  const modules = readdirSync(wallet).filter((name) => name.endsWith(".wasm"));
  assert.ok(modules.length > 0);
  const bytes = modules.reduce((sum, name) => sum + brotliCompressSync(readFileSync(join(wallet, name))).length, 0);
  const said = `${bytes} bytes of WebAssembly in Brotli: ${BUDGET} allowed`;
  assert.ok(bytes <= BUDGET, said);
  return said;
}

async function took(stage) {
  const visit = await stage.visit();
  await plugIn(visit);
  await open(visit);
  await createByPasskey(visit);
  await add(visit, offerTo(stage));
  await heldWhole(visit);
  // A first session is longer than Chromium waits before it keeps what it compiled.
  await visit.page.waitForTimeout(SESSION);
  const { locked, passkey, cards } = await middle(() => start(visit), ({ cards: last }) => last);
  const answers = await middle(() => answer(stage, visit), (took) => took);
  await visit.close();
  const parts = `${locked} to the lock, ${passkey - locked} for the passkey, ${cards - passkey} to the cards`;
  return `second start to cards ${cards} ms (500 wished for): ${parts} · consent to response ${answers} ms of our own (100 wished for)`;
}

/** The middle one of some measurements, by what counts in them. */
async function middle(measure, counts) {
  const taken = [];
  for (let time = 0; time < TIMES; time += 1) taken.push(await measure());
  return taken.sort((one, other) => counts(one) - counts(other))[Math.floor(TIMES / 2)];
}

/** From the address to the cards, without the time that a finger takes: when there was what. */
async function start(visit) {
  await visit.page.reload({ waitUntil: "commit" });
  return visit.page.evaluate(() => new Promise((resolve) => {
    const at = {};
    const now = () => Math.round(performance.now());
    const press = () => {
      const button = document.querySelector("[data-testid=unlock-passkey]");
      if (!button) return requestAnimationFrame(press);
      at.locked = now();
      const { credentials } = navigator;
      credentials.get = (asked) => CredentialsContainer.prototype.get.call(credentials, asked).finally(() => { at.passkey = now(); });
      button.click();
      return requestAnimationFrame(wait);
    };
    const wait = () => (document.querySelector("[data-testid=card-0]") ? resolve({ ...at, cards: now() }) : requestAnimationFrame(wait));
    press();
  }));
}

/** From the consent to the first byte on the wire. */
async function answer(stage, visit) {
  const asked = await askedBy(stage);
  await askedIn(visit, asked.link);
  const since = visit.recorder.mark();
  const from = await visit.page.evaluate(() => { const now = Date.now(); document.querySelector("[data-testid=share-go]").click(); return now; });
  await by(visit, "shared").waitFor();
  await by(visit, "to-cards").click();
  await asked.close();
  return answersTo(visit, stage, since)[0].at - from;
}
