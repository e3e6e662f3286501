// The WebAssembly that decides. Here its JSON becomes objects, and what it refuses becomes an error with a code.

import init, { Core, pin_key, qr, scan } from "./wallet_web.js";
import { utf8 } from "./engine-bytes.js";
import { Stopped } from "./engine-stopped.js";

/** The clock of this device, in whole seconds. */
export const now = () => Math.floor(Date.now() / 1000);

/** Runs something of the core. It throws JSON text; anything else is a core that stopped in the middle. */
export function told(call) {
  try {
    return call();
  } catch (thrown) {
    throw typeof thrown === "string" ? Stopped.from(JSON.parse(thrown)) : thrown;
  }
}

/** The module, compiled once for this worker and for those that it starts. */
export const compiled = () => WebAssembly.compileStreaming(fetch("wallet_web_bg.wasm"));

/** Makes a compiled module run in this worker. */
export const load = (module) => init({ module_or_path: module });

/** A wallet without records, which has read the catalogue: what can be done before the wallet is opened. */
export const emptyCore = () => told(() => new Core());

/** A wallet, of its records. */
export function openCore(core, records) {
  const parse = (call) => JSON.parse(told(call));
  told(() => records.forEach(([name, content]) => core.record(name, content)));
  told(() => core.open());
  return {
    relyOn: (bundle, memory, policy) => told(() => core.rely_on(bundle, memory ?? undefined, policy ?? undefined, now())),
    attestedBy: (provider) => told(() => core.attested_by(provider ?? undefined)),
    bundle: () => parse(() => core.bundle(now())),
    cards: () => parse(() => core.cards(now())),
    card: (id) => parse(() => core.card(id, now())),
    history: () => parse(() => core.history()),
    exportHistory: (kind) => told(() => core.export_history(kind)),
    /** `any` or `passkey`: what the documents in it need. */
    walletLock: () => told(() => core.wallet_lock(now())),
    /** Handles of the device keys that are in use. */
    keys: () => new Set(core.keys()),
    /** Whether the ledger holds a release, by the list of its files. */
    release: (list) => told(() => core.release(utf8(list))),
    begin: (kind, args, seed) => told(() => core.begin(kind, JSON.stringify(args), now(), seed)),
  };
}

/** Argon2id of a PIN. */
export const slowPin = (pin, salt, { memory, passes }) => told(() => pin_key(pin, salt, memory, passes));

/** The text of a QR code in a picture of grey values, or null. */
export const scanned = (grey, width, height) => told(() => scan(grey, width, height)) ?? null;

/** A QR code's modules: rows of dark or not. */
export function modules(text) {
  const flat = told(() => qr(text));
  const side = Math.sqrt(flat.length);
  return Array.from({ length: side }, (_, row) => Array.from(flat.subarray(row * side, (row + 1) * side), Boolean));
}
