// The WebAssembly that decides. Here its JSON becomes objects and its refusals become errors with a code.

import init, { Reader, asked, check_policy, inspect, leaf, change, other_request, pasted, policy, recognised, tries } from "./reader_web.js";

/** What the core refused to take. */
export class Refused extends Error {
  constructor({ code, detail, values }) {
    super(detail);
    this.code = code;
    this.values = values ?? {};
  }
}

function told(call) {
  try {
    return call();
  } catch (thrown) {
    if (typeof thrown !== "string") throw thrown;
    throw new Refused(JSON.parse(thrown));
  }
}

/** Loads the module. */
export const ready = () => init({ module_or_path: "reader_web_bg.wasm" });

/** The clock of this device. */
export const now = () => Date.now() / 1000;

/** `policy`, `order` or `bundle`, by the content. */
export const kindOfFile = (bytes) => told(() => recognised(bytes));
export const readPolicy = (bytes) => JSON.parse(told(() => policy(bytes)));
/** Refuses a policy that would take the place of another, or of the key or ledger that is remembered. */
export const checkPolicy = (bytes, held, memory) => told(() => check_policy(bytes, held ?? undefined, memory));

/** Opens a bundle by what is remembered of the one before, and by its ledger's policy if there is one. */
export function openBundle(bytes, memory, policy) {
  let reader = told(() => new Reader(bytes, memory, policy ?? undefined));
  let summary = JSON.parse(reader.summary());
  return {
    get summary() { return summary; },
    /** Judges under a continuity order from now on. One that is refused changes nothing. */
    follow: (order) => {
      told(() => reader.check_order(order));
      reader = told(() => reader.under(order));
      summary = JSON.parse(reader.summary());
    },
    /** The order in use, or null. */
    order: () => JSON.parse(told(() => reader.order(now())) ?? "null"),
    age: (useClass) => JSON.parse(told(() => reader.age(useClass, now()))),
    /** Refuses a bundle that is older than the last. */
    check: () => told(() => reader.check(now())),
    /** The same, accepts its key, and gives what to keep beside it. */
    admit: () => told(() => reader.admit(now())),
    verify: (presentation, request, useClass) => JSON.parse(told(() => reader.verify(presentation, request, useClass, now()))),
    free: () => reader.free(),
  };
}

export const readRequest = (bytes) => JSON.parse(told(() => asked(bytes)));
export const readPasted = (text) => told(() => pasted(text));
export const treeOf = (bytes) => JSON.parse(told(() => inspect(bytes)));
export const leafOf = (original, bytes, path) => told(() => leaf(original, bytes, Uint32Array.from(path)));
export const changed = (original, bytes, path, index, byte) => told(() => change(original, bytes, Uint32Array.from(path), index, byte));
export const otherRequest = (bytes) => told(() => other_request(bytes));
export const suggestions = (bytes) => JSON.parse(told(() => tries(bytes)));
