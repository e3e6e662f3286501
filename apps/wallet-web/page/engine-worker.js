// The engine: the core, its keys and its records, in a worker. The page can ask it for what is listed at the end and for
// nothing else; it never holds a key, nor a way to have something signed that the core did not ask for.

import { random } from "./engine-bytes.js";
import { compiled, emptyCore, load, modules, openCore } from "./engine-core.js";
import { run } from "./engine-drive.js";
import { Keys } from "./engine-keys.js";
import * as lock from "./engine-lock.js";
import { scriptUrl } from "./engine-scripts.js";
import { Stopped } from "./engine-stopped.js";
import { Store, openDatabase } from "./engine-store.js";
import { Trust } from "./engine-trust.js";
// The core's own import: named here, it is fetched beside the others and not after them.
import "./wallet_web.js";

/** Argon2id: 64 MiB and three passes, the second choice of RFC 9106 §4 with one lane, since a page has one thread. */
const PIN_COST = { memory: 64 * 1024, passes: 3 };
const COPIES = 10;

/** Whom this installation serves: on its way from the first moment, and there before a wallet is open. */
const configured = fetchConfig();
let config = {};
/** The core's, of this worker's own fetching: what a page gave might be anything, and would be heard by the keys. */
const module = compiled();
/** The core without a wallet yet, made while the holder is still asked to open it. */
let empty = module.then(load).then(emptyCore);
let store = null;
/** The wallet, if it is open: `{core, keys, walletKey, trust, way, by}`. */
let open = null;
/** Reads the camera's pictures, once there are any. */
let scanner = null;
let giveUp = new AbortController();
let last = Promise.resolve();
const tabs = new BroadcastChannel("mapae-wallet");

tabs.addEventListener("message", () => { if (open) tell({ event: "lock", reason: "elsewhere" }); });

async function start() {
  store ??= new Store(await openDatabase());
  const { locks: kept, notes } = await store.read("locks", "notes");
  const { ways, tries, erases } = locksOf(kept);
  return {
    state: Object.keys(ways).length === 0 ? "none" : "locked",
    has: has(ways), passkey: ways.passkey && { credential: ways.passkey.credential, salt: ways.passkey.salt },
    wait: lock.waiting(tries, Date.now()), erases,
    bundle: notes.has("as_of") ? { as_of: notes.get("as_of"), band: null } : null,
  };
}

async function fetchConfig() {
  try {
    const response = await fetch("config.json", { cache: "no-cache" });
    return response.ok ? await response.json() : {};
  } catch {
    return {};
  }
}

/** The ways to the wallet key, the pepper of the PIN, the wrong PINs, and whether ten of them delete everything. */
const locks = async () => locksOf((await store.read("locks")).locks);

function locksOf(kept) {
  const ways = {};
  for (const way of ["passkey", "pin"]) if (kept.has(way)) ways[way] = kept.get(way);
  return { ways, pepper: kept.get("pepper"), tries: kept.get("tries"), erases: kept.has("erases") };
}

const has = (ways) => ({ passkey: "passkey" in ways, pin: "pin" in ways });

async function create({ passkey, pin }) {
  const { ways } = await locks();
  if (Object.keys(ways).length > 0) throw new Stopped("exists");
  if (!passkey && pin === null) throw new Stopped("no_way");
  const fresh = await lock.newWalletKey();
  const writes = [];
  if (passkey) writes.push(...await byPasskey(passkey, fresh));
  if (pin !== null) writes.push(...await byPin(pin, fresh));
  await store.write(writes);
  return passkey ? unlockByPasskey(passkey) : unlockByPin({ pin });
}

async function byPasskey({ credential, salt, secret }, walletKey) {
  const sealed = await lock.sealFor("passkey", await lock.passkeyOpener(secret), walletKey);
  return [["locks", "passkey", { credential, salt, ...sealed }]];
}

async function byPin(pin, walletKey) {
  lock.checkPin(pin);
  const [salt, pepper] = [random(16), await lock.newPepper()];
  const opener = await lock.pinOpener(await slow(pin, salt, PIN_COST), pepper);
  const sealed = await lock.sealFor("pin", opener, walletKey);
  return [["locks", "pin", { salt, cost: PIN_COST, ...sealed }], ["locks", "pepper", pepper], ["locks", "tries", undefined]];
}

/** Another worker, for one thing at a time. */
function aside() {
  const worker = new Worker(scriptUrl("engine-aside.js"), { type: "module" });
  const ask = (work, args) => new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { done, stopped } }) => (stopped ? reject(Stopped.from(stopped)) : resolve(done));
    worker.onerror = (event) => reject(new Stopped("broken", {}, event.message));
    module.then((its) => worker.postMessage({ module: its, work, args }), reject);
  });
  return { ask, end: () => worker.terminate() };
}

async function slow(pin, salt, cost) {
  const worker = aside();
  try {
    return await worker.ask("pin", { pin, salt, cost });
  } finally {
    worker.end();
  }
}

/** A picture on which the scanner breaks is one without a code. */
async function scan(picture) {
  scanner ??= aside();
  try {
    return await scanner.ask("scan", picture);
  } catch {
    scanner?.end();
    scanner = null;
    return null;
  }
}

async function unlockByPasskey({ secret }) {
  const { ways } = await locks();
  if (!ways.passkey) throw new Stopped("no_way");
  const by = await lock.passkeyOpener(secret);
  return opened("passkey", by, await lock.openBy("passkey", by, ways.passkey));
}

async function unlockByPin({ pin }) {
  const { ways, pepper, tries, erases } = await locks();
  if (!ways.pin) throw new Stopped("no_way");
  const known = lock.settled(tries, Date.now());
  if (known !== tries) await store.write([["locks", "tries", known]]);
  lock.checkWait(known, Date.now());
  const counted = lock.counted(known, Date.now());
  await store.write([["locks", "tries", counted]]);
  const by = await lock.pinOpener(await slow(pin, ways.pin.salt, ways.pin.cost), pepper);
  const walletKey = await lock.openBy("pin", by, ways.pin).catch((problem) => wrong(problem, counted, erases));
  await store.write([["locks", "tries", undefined]]);
  return opened("pin", by, walletKey);
}

async function wrong(problem, tries, erases) {
  if (!erases || !lock.isExhausted(tries)) {
    throw new Stopped(problem.code, { wrong: tries.wrong, seconds: lock.waiting(tries, Date.now()) });
  }
  await store.erase();
  throw new Stopped("erased");
}

async function opened(way, by, walletKey) {
  const kept = await store.takePen();
  tabs.postMessage("taken");
  const records = await store.opened(walletKey, kept.records);
  const own = ([name]) => name.startsWith("trust.");
  const core = openCore(await takeCore(), records.filter((record) => !own(record)));
  config = await configured;
  core.attestedBy(config.wallet_provider);
  const trust = new Trust(config, records.filter(own));
  const keys = new Keys(store, walletKey, kept.keys);
  const { ways, erases } = locksOf(kept.locks);
  open = { core, keys, walletKey, trust, way, by, has: has(ways), erases, problem: trust.restore(core) };
  // Beside what comes next, and tried again at the next start.
  keys.keepOnly(core.keys()).catch(() => {});
  show();
  return settings();
}

/** For one wallet only. */
async function takeCore() {
  const core = await empty;
  empty = null;
  return core ?? emptyCore();
}

const settings = () => ({ has: open.has, level: level(), trust: open.problem, erases: open.erases });

/** A wallet is as strong as the weakest way into it. */
const level = () => (open.has.pin ? "pin" : "passkey");

function wallet() {
  if (!open) throw new Stopped("locked");
  return open;
}

/** What the page draws from, anew. */
function show() {
  const { core } = wallet();
  const cards = core.cards();
  const facts = Object.fromEntries(cards.map(({ id }) => [id, core.card(id)]));
  tell({ event: "change", views: { cards, facts, history: core.history(), bundle: core.bundle(), settings: settings(), config } });
}

/** One errand at a time: each begins with what the one before has written. */
function errand(kind, args) {
  const running = last.then(async () => {
    const { core, keys, walletKey } = wallet();
    giveUp = new AbortController();
    try {
      return await run(core, kind, args, { store, keys, walletKey, signal: giveUp.signal });
    } finally {
      if (open) show();
    }
  });
  last = running.catch(() => {});
  return running;
}

async function refreshTrust() {
  const { core, trust, walletKey } = wallet();
  try {
    const fresh = await trust.refresh(core, { store, walletKey });
    open.problem = null;
    return fresh;
  } catch (problem) {
    // No network is no reason to rely on it less: its age is shown.
    if (problem.code !== "trust_unreachable") open.problem = Stopped.told(problem);
    throw problem;
  } finally {
    if (open) show();
  }
}

async function add({ link, txCode }) {
  await checkLock(link);
  return errand("add", { link, tx_code: txCode ?? null, copies: copies() });
}

async function signIn({ link }) {
  await checkLock(link);
  const redirectUri = config.redirect_uri ?? new URL("./", location.href).href;
  return errand("sign_in", { link, redirect_uri: redirectUri, copies: copies() });
}

/** The document decides what must protect the wallet that holds it. */
async function checkLock(link) {
  const offer = await errand("read_offer", { link });
  if (offer.wallet_lock === "passkey" && level() !== "passkey") throw new Stopped("passkey_needed");
}

const copies = () => config.copies ?? COPIES;

async function addPasskey(passkey) {
  await addWay((walletKey) => byPasskey(passkey, walletKey));
}

async function setPin({ pin }) {
  if (wallet().core.walletLock() === "passkey") throw new Stopped("passkey_needed");
  await addWay((walletKey) => byPin(pin, walletKey));
}

/** The wallet key is extractable for as long as it takes to seal it for another way. */
async function addWay(writes) {
  const { way, by } = wallet();
  const { ways } = await locks();
  const extractable = await lock.openBy(way, by, ways[way], true);
  await store.write(await writes(extractable));
  await changed();
}

async function removeWay(way) {
  const { ways } = await locks();
  if (!ways[way]) throw new Stopped("no_way");
  if (Object.keys(ways).length < 2) throw new Stopped("last_way");
  if (way === "passkey" && wallet().core.walletLock() === "passkey") throw new Stopped("passkey_needed");
  await store.write([["locks", way, undefined], ...(way === "pin" ? [["locks", "pepper", undefined], ["locks", "tries", undefined]] : [])]);
  await changed();
}

async function changed() {
  const { ways, erases } = await locks();
  Object.assign(open, { has: has(ways), erases });
  show();
}

async function eraseAfterWrongPins({ erase }) {
  wallet();
  await store.write([["locks", "erases", erase ? true : undefined]]);
  await changed();
}

async function deleteEverything() {
  open = null;
  await store.erase();
  store.close();
  store = null;
}

const OPERATIONS = {
  start, create, unlockByPasskey, unlockByPin, show, refreshTrust, scan, add, signIn, addPasskey, setPin, eraseAfterWrongPins, deleteEverything,
  removePasskey: () => removeWay("passkey"),
  removePin: () => removeWay("pin"),
  readOffer: ({ link }) => errand("read_offer", { link }),
  signedIn: ({ url }) => errand("signed_in", { url }),
  goOn: ({ id }) => errand("go_on", { id }),
  refill: ({ id }) => errand("refill", { id, copies: copies() }),
  deleteCard: ({ id }) => errand("delete_card", { id }),
  ask: ({ link }) => errand("ask", { link }),
  answer: ({ id, consent }) => errand("answer", { id, ...consent }),
  decline: ({ id }) => errand("decline", { id }),
  keepRefusal: () => errand("keep_refusal", {}),
  prepare: ({ id, consent }) => errand("prepare", { id, ...consent }),
  sendPrepared: ({ id }) => errand("send_prepared", { id }),
  deleteHistory: ({ ids }) => errand("delete_history", { ids }),
  exportHistory: ({ kind }) => wallet().core.exportHistory(kind),
  release: ({ list }) => wallet().core.release(list),
  qr: ({ text }) => modules(text),
  stop: () => giveUp.abort(),
};

const tell = (message) => postMessage(message);

addEventListener("message", async ({ data: { id, operation, args } }) => {
  try {
    tell({ id, done: await OPERATIONS[operation](args ?? {}) });
  } catch (problem) {
    tell({ id, stopped: Stopped.told(problem) });
    // What this tab knows is no longer what is kept.
    if (problem.code === "open_elsewhere") tell({ event: "lock", reason: "elsewhere" });
  }
});
