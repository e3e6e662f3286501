// A copied profile: every file that the browser keeps, on another machine, without the passkey.

import assert from "node:assert/strict";
import { cpSync } from "node:fs";

import { scenario } from "../scenario.mjs";
import { kept } from "./database.mjs";
import { plugIn } from "./passkey.mjs";
import { foundIn, foundUnder, personal } from "./search.mjs";
import { knowKeys } from "./spy.mjs";
import { offerTo } from "./stage.mjs";
import { add, by, createByPasskey, heldWhole, open, unlockByPin, withCard } from "./wallet.mjs";

export function copied(stage) {
  scenario("a copied profile without the passkey yields neither key nor datum, and opens with it", () => withoutPasskey(stage));
  scenario("a copied profile with a PIN is as good as the PIN", () => withPin(stage));
}

/** Copies that are begun, while the browser does away with files that were about to be copied. */
const TRIES = 20;

/** All files but the lock that says that a browser runs on them. */
function copyOf(stage, profile) {
  for (let left = TRIES; ; left -= 1) {
    const copy = stage.newFolder();
    try {
      cpSync(profile, copy, { recursive: true, filter: (path) => !/\/Singleton[^/]*$/.test(path) });
      return copy;
    } catch (error) {
      if (error.code !== "ENOENT" || left === 0) throw error;
    }
  }
}

async function withoutPasskey(stage) {
  const owner = await stage.start(stage.newFolder());
  const device = await plugIn(owner);
  const known = knowKeys(owner.page);
  const offer = offerTo(stage);
  await open(owner);
  await createByPasskey(owner);
  await add(owner, offer);
  await heldWhole(owner);
  const secrets = await known.secrets();
  assert.ok(secrets.length > 10);
  const words = { ...personal(offer.person), ...Object.fromEntries(secrets.map((secret, nth) => [`key ${nth}`, secret])) };
  const copy = copyOf(stage, owner.profile);
  assert.deepEqual(foundUnder(copy, words), [], "no file says it");
  await strangersSee(stage, copyOf(stage, owner.profile), await device.credentials(), words);
  await ownerSees(stage, copy, owner);
  await carelessly(stage, owner, words);
  await owner.close();
}

/** What somebody gets out of the copy without the passkey, or with all of it but what PRF answers. */
async function strangersSee(stage, copy, [credential], words) {
  const thief = await stage.start(copy);
  const found = await kept(thief.context, stage.country.wallet);
  assert.ok(found.databases["mapae-wallet"].records.length > 0, "the copy is whole");
  assert.deepEqual(foundIn(found.bytes, words), []);
  assert.deepEqual(found.handles.filter(({ exported }) => exported), []);
  await open(thief);
  for (const [has, code] of [[[], "passkey_declined"], [[credential], "passkey_without_prf"]]) {
    const device = await plugIn(thief);
    for (const one of has) await device.take(one);
    await by(thief, "unlock-passkey").click();
    await thief.page.locator(`[data-testid=unlock-problem] [data-code=${code}]`).waitFor();
    await device.remove();
  }
  assert.equal(await by(thief, "card-0").count(), 0);
  await thief.close();
}

/** The same copy opens with the passkey, whose answers come from the owner's authenticator: nothing else was missing. */
async function ownerSees(stage, copy, owner) {
  const other = await stage.start(copy);
  await other.context.exposeFunction("askOwner", (asked) => owner.page.evaluate(answer, asked));
  await other.context.addInitScript(relay);
  await open(other);
  await by(other, "unlock-passkey").click();
  await by(other, "card-0").waitFor();
  await other.close();
}

/** Runs in the copy's page: asks the authenticator of another browser. */
function relay() {
  const bytes = (buffer) => [...new Uint8Array(buffer)];
  navigator.credentials.get = async ({ publicKey }) => {
    const id = bytes(publicKey.allowCredentials[0].id);
    const first = await globalThis.askOwner({ id, salt: bytes(publicKey.extensions.prf.eval.first) });
    return { rawId: new Uint8Array(id).buffer, getClientExtensionResults: () => ({ prf: { results: { first: new Uint8Array(first).buffer } } }) };
  };
}

/** Runs in the owner's page. */
async function answer({ id, salt }) {
  const got = await navigator.credentials.get({
    publicKey: {
      challenge: new Uint8Array(32), userVerification: "required", allowCredentials: [{ type: "public-key", id: new Uint8Array(id) }],
      extensions: { prf: { eval: { first: new Uint8Array(salt) } } },
    },
  });
  return [...new Uint8Array(got.getClientExtensionResults().prf.results.first)];
}

/** The search finds each of those words where a page keeps them as they are. */
async function carelessly(stage, owner, words) {
  const page = await owner.context.newPage();
  await page.goto(`${stage.country.wallet}/icon.svg`);
  const plain = Object.values(words).map((word) => (Buffer.isBuffer(word) ? [...word] : word));
  await page.evaluate((plain) => new Promise((resolve) => {
    const opening = indexedDB.open("careless");
    opening.onupgradeneeded = () => opening.result.createObjectStore("words");
    opening.onsuccess = () => {
      const running = opening.result.transaction("words", "readwrite", { durability: "strict" });
      plain.forEach((word, nth) => running.objectStore("words").put(Array.isArray(word) ? new Uint8Array(word) : word, nth));
      running.oncomplete = () => { opening.result.close(); resolve(); };
    };
  }), plain);
  await page.close();
  const all = Object.keys(words).sort();
  assert.deepEqual(foundUnder(copyOf(stage, owner.profile), words).sort(), all);
  assert.deepEqual(foundIn((await kept(owner.context, stage.country.wallet)).bytes, words).sort(), all);
}

/** SECURITY says what that is worth. */
async function withPin(stage) {
  const owner = await stage.start(stage.newFolder());
  const person = await withCard(stage, owner);
  const copy = copyOf(stage, owner.profile);
  assert.deepEqual(foundUnder(copy, personal(person)), []);
  const thief = await stage.start(copy);
  await open(thief);
  await unlockByPin(thief, "593026");
  await thief.page.locator("[data-testid=unlock-problem] [data-code=pin_wrong]").waitFor();
  await unlockByPin(thief);
  await by(thief, "card-0").waitFor();
  await thief.close();
  await owner.close();
}
