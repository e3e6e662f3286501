// Two who listen. One knows what the wallet's worker makes, so that a test can say what must be nowhere else. The other is
// a script in the page that wants a key, there before any line of the wallet runs.

/** Hears of every key that the worker of the engine makes: it asks the worker itself, which no page can. */
export function knowKeys(page) {
  const workers = new Set();
  page.on("worker", (worker) => {
    if (!worker.url().includes("engine-worker")) return;
    workers.add(worker.evaluate(tap).then(() => worker));
  });
  const asked = async (what) => {
    const alive = await Promise.all([...workers]);
    const heard = await Promise.all(alive.map((worker) => worker.evaluate((what) => globalThis.tapped?.[what] ?? [], what).catch(() => [])));
    return heard.flat();
  };
  return {
    /** The secrets: a signing key's scalar, a sealing key's bytes. */
    secrets: async () => (await asked("secrets")).map((text) => Buffer.from(text, "base64url")),
    /** What each key that signs says when somebody wants it out: every format that was given. */
    leaks: async () => {
      const alive = await Promise.all([...workers]);
      return (await Promise.all(alive.map((worker) => worker.evaluate(wantOut).catch(() => [])))).flat();
    },
  };
}

/** Runs in the worker, before a wallet is made or opened. */
function tap() {
  const subtle = SubtleCrypto.prototype;
  const { generateKey, exportKey, unwrapKey } = subtle;
  globalThis.tapped = { secrets: [], opened: [] };
  subtle.generateKey = async function (...words) {
    const made = await generateKey.apply(this, words);
    const secret = made.privateKey ?? made;
    if (secret.extractable) {
      const { d, k } = await exportKey.call(this, "jwk", secret);
      tapped.secrets.push(d ?? k);
    }
    return made;
  };
  subtle.unwrapKey = async function (...words) {
    const key = await unwrapKey.apply(this, words);
    tapped.opened.push(key);
    return key;
  };
}

/** Runs in the worker. */
async function wantOut() {
  const leaks = [];
  const wrapper = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["wrapKey"]);
  for (const key of tapped.opened) {
    for (const format of ["pkcs8", "jwk", "raw"]) {
      const ways = [() => crypto.subtle.exportKey(format, key), () => crypto.subtle.wrapKey(format, key, wrapper, { name: "AES-GCM", iv: new Uint8Array(12) })];
      for (const way of ways) await way().then(() => leaks.push(`${key.algorithm.name} ${format}`), () => {});
    }
  }
  return [`${tapped.opened.length} asked`, ...leaks];
}

/** Puts a thief into every page of a context: whatever passes through the page's hands, the thief keeps. */
export const plantThief = (context) => context.addInitScript(thief);

/** Runs at the page's beginning. */
function thief() {
  const loot = { keys: [], bytes: [], texts: [], calls: 0 };
  Object.defineProperty(globalThis, "loot", { value: loot });
  const seen = new WeakSet();
  const take = (value) => {
    if (typeof value === "string") loot.texts.push(value);
    else if (value instanceof CryptoKey) loot.keys.push(value);
    else if (value instanceof ArrayBuffer) loot.bytes.push(new Uint8Array(value.slice(0)));
    else if (ArrayBuffer.isView(value)) loot.bytes.push(new Uint8Array(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength)));
    else if (value && typeof value === "object" && !seen.has(value)) {
      seen.add(value);
      for (const inner of value instanceof Map || value instanceof Set ? [...value].flat() : Object.values(value)) take(inner);
    }
  };
  const tap = (owner, name) => {
    const original = owner[name];
    if (typeof original !== "function") return;
    owner[name] = function (...words) {
      loot.calls += 1;
      words.forEach(take);
      const result = original.apply(this, words);
      if (result instanceof Promise) result.then(take, () => {});
      else take(result);
      return result;
    };
  };
  for (const name of Object.getOwnPropertyNames(SubtleCrypto.prototype)) tap(SubtleCrypto.prototype, name);
  for (const name of ["put", "add", "get", "getAll"]) tap(IDBObjectStore.prototype, name);
  for (const owner of [Worker.prototype, MessagePort.prototype, BroadcastChannel.prototype]) tap(owner, "postMessage");
  for (const name of ["parse", "stringify"]) tap(JSON, name);
  const { get } = Object.getOwnPropertyDescriptor(MessageEvent.prototype, "data");
  Object.defineProperty(MessageEvent.prototype, "data", { get() { const data = get.call(this); take(data); return data; } });
}

/** What the thief has got: how much, and every key with the formats in which it gives itself away. */
export async function loot(page) {
  const got = await page.evaluate(async () => {
    const keys = [];
    for (const key of new Set(globalThis.loot.keys)) {
      const gave = [];
      for (const format of ["raw", "pkcs8", "jwk"]) await crypto.subtle.exportKey(format, key).then(() => gave.push(format), () => {});
      keys.push({ type: key.type, algorithm: key.algorithm.name, usages: key.usages.join(), gave });
    }
    const text = new TextEncoder().encode(globalThis.loot.texts.join("\n"));
    const bytes = new Uint8Array(await new Blob([text, ...globalThis.loot.bytes.flatMap((part) => ["\n", part])]).arrayBuffer());
    const blocks = [];
    for (let from = 0; from < bytes.length; from += 8192) blocks.push(String.fromCharCode(...bytes.subarray(from, from + 8192)));
    return { keys, calls: globalThis.loot.calls, bytes: btoa(blocks.join("")) };
  });
  return { ...got, bytes: Buffer.from(got.bytes, "base64") };
}
