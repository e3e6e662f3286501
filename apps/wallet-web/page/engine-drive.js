// Runs an errand of the core: sends, makes keys, signs and writes what it wants, and nothing else.

import { fromBase64url, random, toBase64url } from "./engine-bytes.js";
import { now, told } from "./engine-core.js";
import { Stopped } from "./engine-stopped.js";

/** No answer to a wallet is longer. */
const LONGEST_BODY = 4 << 20;
const PATIENCE = 30_000;

/** Runs an errand to its end. `device` is `{store, keys, walletKey, signal}`. */
export async function run(core, kind, args, device) {
  const errand = core.begin(kind, args, random(32));
  try {
    for (;;) {
      const { want, done, stopped, ...what } = JSON.parse(told(() => errand.step(now())));
      if (stopped) throw Stopped.from(stopped);
      if (!want) return done;
      const reply = await WANTS[want](what, device);
      told(() => errand.reply(JSON.stringify(reply)));
    }
  } finally {
    errand.free();
  }
}

const WANTS = { send, make_keys: makeKeys, sign, write };

async function makeKeys({ count }, { keys }) {
  return { keys: await keys.make(count) };
}

async function sign({ messages }, { keys }) {
  const asked = messages.map(({ key, message }) => ({ key, message: fromBase64url(message) }));
  return { signatures: (await keys.sign(asked)).map(toBase64url) };
}

/** All of it or nothing. What is removed is gone from this session, too. */
async function write({ changes }, { store, keys, walletKey }) {
  const written = await Promise.all(changes.map(({ put, content, remove, forget_key: handle }) => {
    if (put !== undefined) return store.sealed(walletKey, put, fromBase64url(content));
    return remove !== undefined ? ["records", remove, undefined] : keys.forgetting(handle);
  }));
  await store.write(written);
  changes.filter((change) => change.forget_key !== undefined).forEach((change) => keys.forgotten(change.forget_key));
  return { written: true };
}

/** No cookie, no referrer, no redirect, no cache. */
async function send({ request }, { signal }) {
  const { method, url, headers, body } = request;
  const patience = AbortSignal.timeout(PATIENCE);
  try {
    const response = await fetch(url, {
      method, headers, body: method === "GET" ? undefined : fromBase64url(body),
      redirect: "manual", credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", mode: "cors",
      signal: AbortSignal.any([signal, patience]),
    });
    return { response: await answer(response) };
  } catch {
    return { silent: true };
  }
}

async function answer(response) {
  // Where a redirect leads is not told to scripts, and nobody asked for it.
  if (response.type === "opaqueredirect") return { status: 302, headers: [], body: "" };
  return { status: response.status, headers: [...response.headers], body: toBase64url(await whole(response)) };
}

/** A body, unless it is longer than any answer should be. */
export async function whole(response, longest = LONGEST_BODY) {
  const parts = [];
  let length = 0;
  for (const reader = response.body?.getReader(); reader;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > longest) {
      await reader.cancel();
      throw new Stopped("answer_too_long");
    }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
