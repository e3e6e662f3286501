// What the page uses of the engine: each call crosses to the worker that holds the wallet, and what the page draws from
// comes back as one picture of it, renewed after every change.
//
// Everything that stops throws `Stopped`, whose code the page has words for.

import { compiled, takeWorker } from "./engine-begin.js";
import { newPasskey, passkeySecret } from "./engine-passkey.js";
import { scriptUrl } from "./engine-scripts.js";
import { Stopped } from "./engine-stopped.js";

export { Stopped, scriptUrl };

/** Milliseconds out of sight after which the wallet locks itself. */
const HIDDEN_FOR = 5 * 60_000;
const RENEW_EVERY = 60_000;
const TRUST_EVERY = 60 * 60_000;
const NOTHING = { cards: [], facts: {}, history: [], bundle: null, settings: null, config: {} };

let worker = null;
let views = NOTHING;
let begun = null;
let hiddenSince = null;
let asked = 0;
const waiting = new Map();
const listeners = { change: new Set(), lock: new Set() };

/** A fresh worker: whatever the one before knew is gone with it. */
function spawn() {
  worker?.terminate();
  for (const { reject } of waiting.values()) reject(new Stopped("locked"));
  waiting.clear();
  views = NOTHING;
  const taken = takeWorker();
  worker = taken.worker;
  worker.addEventListener("message", ({ data }) => heard(data));
  taken.broken.then((message) => waiting.forEach(({ reject }) => reject(new Stopped("broken", {}, message))));
}

function heard({ id, done, stopped, event, views: fresh, reason }) {
  if (event === "change") views = fresh;
  if (event === "lock") return engine.lock(reason);
  if (event) return announce(event);
  const { resolve, reject } = waiting.get(id) ?? {};
  waiting.delete(id);
  return stopped ? reject?.(Stopped.from(stopped)) : resolve?.(done);
}

const announce = (event, detail) => listeners[event].forEach((listener) => listener(detail));

function call(operation, args, transfer = []) {
  const id = asked++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, operation, args }, transfer);
  });
}

const isOpen = () => views !== NOTHING;

/** Opens by what a passkey answers, and forgets that. */
async function withPasskey(operation, passkey, more = {}) {
  const { secret } = passkey;
  try {
    return await call(operation, { ...more, ...passkey });
  } finally {
    secret.fill(0);
  }
}

/** Since last in sight. */
function watch() {
  if (document.visibilityState === "hidden") {
    hiddenSince = Date.now();
    setTimeout(lockIfHidden, HIDDEN_FOR + 100);
  } else {
    lockIfHidden();
    hiddenSince = null;
    renew();
  }
}

function lockIfHidden() {
  if (isOpen() && hiddenSince !== null && Date.now() - hiddenSince >= HIDDEN_FOR) engine.lock("hidden");
}

const renew = () => { if (isOpen()) call("show").catch(() => {}); };
const renewTrust = () => { if (isOpen() && navigator.onLine) call("refreshTrust").catch(() => {}); };

document.addEventListener("visibilitychange", watch);
addEventListener("online", renewTrust);
setInterval(renew, RENEW_EVERY);
setInterval(renewTrust, TRUST_EVERY);

/** Opened: the newest bundle is fetched once the page has drawn by the one that is kept. */
function opened(settings) {
  setTimeout(renewTrust);
  return settings;
}

export const engine = {
  /** Hears of `"change"` (what is drawn changed) and `"lock"` (why: `asked`, `hidden`, `elsewhere`). */
  on(event, listener) {
    listeners[event].add(listener);
    return () => listeners[event].delete(listener);
  },

  /** `{state: "none"|"locked"|"open", has: {passkey, pin}, wait, persisted, bundle: {as_of, band}|null}`. */
  async start() {
    if (!worker) spawn();
    let persisted;
    [begun, persisted] = await Promise.all([call("start"), navigator.storage?.persisted?.() ?? false, compiled]);
    const { has, wait, bundle, erases } = begun;
    return { state: isOpen() ? "open" : begun.state, has, wait, erases, persisted, bundle: views.bundle ?? bundle };
  },
  /** Of `config.json`: `{bundle, policy, wallet_provider, guide, …}`, once the wallet is open. */
  config: () => views.config,

  async create({ passkey, pin }) {
    if (!passkey) return opened(await call("create", { passkey: null, pin: pin ?? null }));
    const fresh = await newPasskey();
    return opened(await call("create", { passkey: fresh, pin: pin ?? null }).finally(() => fresh.secret.fill(0)));
  },
  async unlockByPasskey() {
    if (!begun?.passkey) throw new Stopped("no_way");
    return opened(await withPasskey("unlockByPasskey", { secret: await passkeySecret(begun.passkey) }));
  },
  async unlockByPin(pin) {
    return opened(await call("unlockByPin", { pin }));
  },
  /** Forgets everything that is not sealed. */
  async lock(reason = "asked") {
    spawn();
    begun = await call("start");
    announce("lock", reason);
  },

  cards: () => views.cards,
  card: (id) => views.facts[id] ?? null,
  history: () => views.history,
  /** `{as_of, band, age_seconds, …}` of the bundle in use, or null. */
  bundle: () => views.bundle,
  /** `{has: {passkey, pin}, level: "passkey"|"pin", trust: problem|null, erases}`, or null while locked. */
  settings: () => views.settings,
  exportHistory: (kind) => call("exportHistory", { kind }),

  readOffer: (link) => call("readOffer", { link }),
  add: (link, { txCode } = {}) => call("add", { link, txCode }),
  signIn: (link) => call("signIn", { link }),
  signedIn: (url) => call("signedIn", { url }),
  goOn: (id) => call("goOn", { id }),
  refill: (id) => call("refill", { id }),
  deleteCard: (id) => call("deleteCard", { id }),

  /** `{proposal}` or `{refusal}`. */
  ask: (link) => call("ask", { link }),
  answer: (id, consent) => call("answer", { id, consent }),
  decline: (id) => call("decline", { id }),
  /** Notes the last refusal in the history. */
  keepRefusal: () => call("keepRefusal"),
  prepare: (id, consent) => call("prepare", { id, consent }),
  sendPrepared: (id) => call("sendPrepared", { id }),
  /** Lines of the history by id, or all of it. */
  deleteHistory: (ids) => call("deleteHistory", { ids }),
  /** Gives up waiting for an answer from the network. */
  stop: () => call("stop"),

  async addPasskey() {
    await withPasskey("addPasskey", await newPasskey());
    begun = await call("start");
  },
  setPin: (pin) => call("setPin", { pin }),
  removePasskey: () => call("removePasskey"),
  removePin: () => call("removePin"),
  /** Whether ten wrong PINs in a row delete everything. */
  eraseAfterWrongPins: (erase) => call("eraseAfterWrongPins", { erase }),
  /** The wallet, its keys and its history, and the passkey where the browser lets that be said. */
  async deleteEverything() {
    await call("deleteEverything");
    const credential = begun?.passkey?.credential;
    if (credential) forgetPasskey(credential);
    spawn();
    begun = await call("start");
    announce("lock", "deleted");
  },

  refreshTrust: () => call("refreshTrust"),
  /** Whether the ledger holds a release, by the text of its `release.json`: `listed`, `unlisted`, or `unknown`. */
  release: (list) => call("release", { list }),

  /** The text of a QR code in a picture (`ImageData`), or null. */
  scan(image) {
    const grey = new Uint8Array(image.width * image.height);
    for (let at = 0, from = 0; at < grey.length; at += 1, from += 4) {
      grey[at] = (image.data[from] * 77 + image.data[from + 1] * 150 + image.data[from + 2] * 29) >> 8;
    }
    return call("scan", { grey, width: image.width, height: image.height }, [grey.buffer]);
  },
  /** A QR code's modules: rows of dark or not. */
  qr: (text) => call("qr", { text }),
};

/** WebAuthn Level 3 §5.1.10: the authenticator need not show it any more. */
function forgetPasskey(credential) {
  const credentialId = btoa(String.fromCharCode(...credential)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  globalThis.PublicKeyCredential?.signalUnknownCredential?.({ rpId: location.hostname, credentialId })?.catch?.(() => {});
}
