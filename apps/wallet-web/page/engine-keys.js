// The device's keys: P-256 (ES256), made by the browser, kept only wrapped under the wallet key, and used only as keys
// that cannot be exported. A key is extractable for as long as it takes to wrap it; then only its unwrapped, non-extractable
// twin is left.

import { random, toBase64url, utf8 } from "./engine-bytes.js";
import { Stopped } from "./engine-stopped.js";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };

export class Keys {
  #store;
  #walletKey;
  #wrapped;
  #inUse = new Map();

  constructor(store, walletKey, wrapped) {
    this.#store = store;
    this.#walletKey = walletKey;
    this.#wrapped = wrapped;
  }

  /** Makes keys that are there after a restart: `[{handle, public}]`. */
  async make(count) {
    const made = await Promise.all(Array.from({ length: count }, () => this.#one()));
    await this.#store.write(made.map(({ handle, kept }) => ["keys", handle, kept]));
    made.forEach(({ handle, kept }) => this.#wrapped.set(handle, kept));
    return made.map(({ handle, jwk }) => ({ handle, public: jwk }));
  }

  async #one() {
    const { privateKey, publicKey } = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
    const handle = toBase64url(random(16));
    const iv = random(12);
    const wrapped = await crypto.subtle.wrapKey("pkcs8", privateKey, this.#walletKey, bound(handle, iv));
    return { handle, jwk: { kty, crv, x, y }, kept: { iv, wrapped } };
  }

  /** Signs each message; signatures are r and s, 32 bytes each, as ES256 wants them (RFC 7518 §3.4). */
  async sign(asked) {
    return Promise.all(asked.map(async ({ key, message }) => {
      const signature = await crypto.subtle.sign(SIGNING, await this.#usable(key), message);
      return new Uint8Array(signature);
    }));
  }

  async #usable(handle) {
    if (!this.#inUse.has(handle)) this.#inUse.set(handle, this.#unwrap(handle));
    return this.#inUse.get(handle);
  }

  async #unwrap(handle) {
    const kept = this.#wrapped.get(handle);
    if (!kept) throw new Stopped("key_missing");
    return crypto.subtle.unwrapKey("pkcs8", kept.wrapped, this.#walletKey, bound(handle, kept.iv), ALGORITHM, false, ["sign"]);
  }

  /** Deletes the keys of errands that died: those that no record names. */
  async keepOnly(named) {
    const orphans = [...this.#wrapped.keys()].filter((handle) => !named.has(handle));
    if (orphans.length === 0) return;
    await this.#store.write(orphans.map(this.forgetting));
    orphans.forEach((handle) => this.forgotten(handle));
  }

  /** What forgetting a key writes. */
  forgetting(handle) {
    return ["keys", handle, undefined];
  }

  /** Forgets a key whose removal is written. */
  forgotten(handle) {
    this.#wrapped.delete(handle);
    this.#inUse.delete(handle);
  }
}

const bound = (handle, iv) => ({ name: "AES-GCM", iv, additionalData: utf8(`key ${handle}`) });
