// No page can export a device key: none ever comes into a page. A thief who listens there from the first moment on hears
// every call and message, and gets no key and no secret.

import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { kept } from "./database.mjs";
import { askedBy, consent } from "./library.mjs";
import { foundIn } from "./search.mjs";
import { knowKeys, loot, plantThief } from "./spy.mjs";
import { offerTo } from "./stage.mjs";
import { add, by, createByPin, open, paste, ready, unlockByPin, withCard } from "./wallet.mjs";

export function keys(stage) {
  scenario("a script in the page hears all that passes there, and gets no device key", () => inPage(stage));
  scenario("what the browser keeps gives no key away to a page", () => atRest(stage));
  scenario("keys of an errand that died are deleted at the next start, and no other", () => orphans(stage));
  scenario("the thief would have a key that passed through the page", () => control(stage));
}

/** A wallet that got a card and showed it, with a thief in its page. */
async function used(stage) {
  const visit = await stage.visit();
  await plantThief(visit.context);
  const known = knowKeys(visit.page);
  await withCard(stage, visit);
  const asked = await askedBy(stage);
  await consent(visit, asked.link);
  return { visit, secrets: await known.secrets(), leaks: await known.leaks() };
}

const named = (secrets) => Object.fromEntries(secrets.map((secret, nth) => [`key ${nth}`, secret]));

async function inPage(stage) {
  const { visit, secrets, leaks } = await used(stage);
  assert.ok(secrets.length > 10, `the worker made ${secrets.length} keys`);
  const got = await loot(visit.page);
  assert.ok(got.calls > 10 && got.bytes.length > 1000, "the thief was there");
  assert.deepEqual(got.keys.filter(({ type, gave }) => type !== "public" && gave.length > 0), []);
  assert.deepEqual(got.keys.filter(({ usages }) => /sign|unwrap|decrypt/.test(usages)), [], "nor a key to use in the wallet's place");
  assert.deepEqual(foundIn(got.bytes, named(secrets)), []);
  const [asked, ...gave] = leaks;
  assert.notEqual(asked, "0 asked", "keys were unwrapped to sign");
  assert.deepEqual(gave, [], "not even the worker itself can export what it signs with");
  await visit.close();
  return `${secrets.length} keys, ${got.calls} calls heard, ${got.bytes.length} bytes taken`;
}

async function atRest(stage) {
  const { visit, secrets } = await used(stage);
  const found = await kept(visit.context, stage.country.wallet);
  assert.ok(found.databases["mapae-wallet"].keys.length >= 10);
  assert.deepEqual(found.handles.filter(({ exported, extractable }) => exported || extractable), []);
  assert.deepEqual(foundIn(found.bytes, named(secrets)), []);
  await visit.close();
}

/** Handles of the keys that are kept. */
const handlesIn = async (stage, visit) => (await kept(visit.context, stage.country.wallet)).databases["mapae-wallet"].keys.sort();

async function orphans(stage) {
  const visit = await open(await stage.visit());
  await createByPin(visit);
  const offer = offerTo(stage);
  await recordsFail(visit);
  await paste(visit, "add", offer.link);
  await by(visit, "tx-code").fill(offer.code);
  await by(visit, "tx-go").click();
  await visit.page.locator("[data-testid=problem][data-code=not_kept]").waitFor();
  const [orphan, ...others] = await handlesIn(stage, visit);
  assert.ok(orphan && others.length === 0, "the key was kept before the record that names it");
  await restart(visit);
  assert.deepEqual(await handlesIn(stage, visit), []);
  await add(visit, offer);
  const inUse = await handlesIn(stage, visit);
  assert.ok(inUse.length > 10);
  await restart(visit);
  assert.deepEqual(await handlesIn(stage, visit), inUse);
  const asked = await askedBy(stage);
  await consent(visit, asked.link);
  assert.equal((await asked.verdict()).verdict, "held");
  await asked.close();
  await visit.close();
}

/** From now on until the next start, the device keeps keys and no records. */
async function recordsFail({ page }) {
  const worker = page.workers().find((worker) => worker.url().includes("engine-worker"));
  await worker.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (...words) {
      return this.name === "records" ? this.transaction.abort() : put.apply(this, words);
    };
  });
}

async function restart(visit) {
  await visit.page.reload();
  await ready(visit);
  await unlockByPin(visit);
  await by(visit, "nav-cards").waitFor();
}

/** As a wallet would be that made its keys in the page and kept them as they are. */
async function control(stage) {
  const visit = await stage.visit();
  await plantThief(visit.context);
  await visit.page.goto(`${stage.country.wallet}/icon.svg`);
  const d = await visit.page.evaluate(async () => {
    const { privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
    const { d } = await crypto.subtle.exportKey("jwk", privateKey);
    const database = await new Promise((resolve) => {
      const opening = indexedDB.open("careless");
      opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
      opening.onsuccess = () => resolve(opening.result);
    });
    const running = database.transaction("keys", "readwrite");
    running.objectStore("keys").put(d, 1);
    running.objectStore("keys").put(privateKey, 2);
    await new Promise((resolve) => { running.oncomplete = resolve; });
    database.close();
    return d;
  });
  const secret = { key: Buffer.from(d, "base64url") };
  const got = await loot(visit.page);
  assert.deepEqual(got.keys.find(({ type }) => type === "private")?.gave, ["pkcs8", "jwk"]);
  assert.deepEqual(foundIn(got.bytes, secret), ["key"]);
  const found = await kept(visit.context, stage.country.wallet);
  assert.deepEqual(found.handles.map(({ exported }) => exported), [true]);
  assert.deepEqual(foundIn(found.bytes, secret), ["key"]);
  await visit.close();
}
