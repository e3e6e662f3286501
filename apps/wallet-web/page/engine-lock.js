// The wallet key, and the ways to it. The key is random and sealed once for each way:
//
//   passkey   HKDF over what the authenticator's PRF answers (WebAuthn Level 3 §10.1.4)
//   PIN       HKDF over Argon2id of the PIN and over what a key of this browser answers to that, which cannot be exported
//
// With a PIN the wallet is as strong as the PIN and this browser's profile: software, low. See SECURITY.md for what a
// guess costs. Waits after wrong PINs are for somebody at the screen; a copied profile does not know them.

import { random, utf8 } from "./engine-bytes.js";
import { Stopped } from "./engine-stopped.js";

const AES = { name: "AES-GCM", length: 256 };
const USES = ["encrypt", "decrypt", "wrapKey", "unwrapKey"];
const DERIVED = { passkey: "mapae wallet key by passkey 1", pin: "mapae wallet key by PIN 1" };

/** Seconds to wait after so many wrong PINs in a row; the last goes on. */
const WAITS = [0, 0, 0, 5, 15, 60, 300, 900, 3600];
const TRIES_BEFORE_ERASURE = 10;

export const SHORTEST_PIN = 6;

/** A wallet key that nobody can reach yet, extractable until it is sealed. */
export const newWalletKey = () => crypto.subtle.generateKey(AES, true, USES);

/** The key that a passkey's secret opens with. */
export const passkeyOpener = (secret) => opener(secret, DERIVED.passkey);

/** The key that a PIN opens with. `slow` is Argon2id of the PIN. */
export async function pinOpener(slow, pepper) {
  const answered = new Uint8Array(await crypto.subtle.sign("HMAC", pepper, slow));
  const both = new Uint8Array([...slow, ...answered]);
  try {
    return await opener(both, DERIVED.pin);
  } finally {
    both.fill(0);
    answered.fill(0);
  }
}

async function opener(secret, info) {
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(info) };
  return crypto.subtle.deriveKey(derivation, material, AES, false, ["wrapKey", "unwrapKey"]);
}

/** The wallet key, sealed for one way. */
export async function sealFor(way, by, walletKey) {
  const iv = random(12);
  return { iv, sealed: await crypto.subtle.wrapKey("raw", walletKey, by, bound(way, iv)) };
}

/** The wallet key by one way: not extractable, unless another way is to be added. */
export async function openBy(way, by, { iv, sealed }, extractable = false) {
  try {
    return await crypto.subtle.unwrapKey("raw", sealed, by, bound(way, iv), AES, extractable, USES);
  } catch {
    throw new Stopped(way === "pin" ? "pin_wrong" : "passkey_wrong");
  }
}

const bound = (way, iv) => ({ name: "AES-GCM", iv, additionalData: utf8(`wallet key by ${way}`) });

/** The key of this browser that every guess at the PIN needs. */
export const newPepper = () => crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

/** Refuses a PIN that is tried first. */
export function checkPin(pin) {
  if ([...pin].length < SHORTEST_PIN) throw new Stopped("pin_short", { length: SHORTEST_PIN });
  const steps = new Set([...pin].slice(1).map((character, index) => character.charCodeAt(0) - pin.charCodeAt(index)));
  const step = steps.size === 1 ? [...steps][0] : null;
  if (step !== null && Math.abs(step) <= 1) throw new Stopped("pin_easy");
}

/** How things stand after one more wrong PIN: counted before it is tried, so that a closed tab counts, too. */
export function counted(tries, now) {
  return { wrong: (tries?.wrong ?? 0) + 1, since: now };
}

/** Refuses to try before the wait is over. */
export function checkWait(tries, now) {
  const seconds = waiting(tries, now);
  if (seconds > 0) throw new Stopped("pin_wait", { seconds });
}

/** How long to wait before the next try. A clock that was put back waits anew, and not until it has caught up. */
export function waiting(tries, now) {
  if (!tries) return 0;
  const wait = WAITS[Math.min(tries.wrong, WAITS.length - 1)] * 1000;
  const passed = now - tries.since;
  return Math.ceil(Math.max(0, passed < 0 ? wait : wait - passed) / 1000);
}

/** The same under a clock that was put back. */
export const settled = (tries, now) => (tries && tries.since > now ? { ...tries, since: now } : tries);

/** Whether that was the last try, for a citizen who wished that there is one. */
export const isExhausted = (tries) => tries.wrong >= TRIES_BEFORE_ERASURE;
