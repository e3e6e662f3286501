// What the screens share while the page is open.

import { openBundle, readPolicy } from "./core.js";
import * as keep from "./keep.js";

export const state = {
  /** The opened bundle, or null. */
  opened: null,
  /** What is remembered of it. */
  memory: undefined,
  /** The policy of the ledger that vouches for bundles, or null where a key does. */
  policy: null,
  /** The continuity order in use, or null. */
  order: null,
  /** Why an order that was kept is not used any more. */
  dropped: null,
  /** The class of use, by the bundle's name for it. */
  useClass: "",
  /** The request's bytes, or null. */
  request: null,
  /** The presentation that was judged last, for as long as the page is open. */
  presentation: null,
  /** Why the kept bundle was not opened. */
  problem: null,
  /** Whether this browser keeps anything. */
  keeps: true,
};

/** Opens what was kept. */
export async function restore() {
  let kept = {};
  try {
    kept = await keep.all();
  } catch {
    state.keeps = false;
  }
  state.request = kept.request ?? null;
  state.useClass = kept.useClass ?? "";
  state.memory = kept.memory;
  state.order = kept.order ?? null;
  try {
    if (kept.policy) readPolicy(kept.policy);
    state.policy = kept.policy ?? null;
    if (!kept.bundle) return;
    state.opened = openBundle(kept.bundle, kept.memory, state.policy);
    carry(state.opened);
  } catch (problem) {
    state.problem = problem;
  }
}

/** Uses a bundle that passed every check, and only now keeps it with the memory that it leaves and the policy it rests on. */
export async function adopt(bytes, opened, policy = state.policy) {
  const memory = opened.admit();
  state.opened?.free();
  Object.assign(state, { opened, memory, policy, problem: null });
  carry(opened);
  await remember({ bundle: bytes, memory, policy, order: state.order });
  // Else a browser short of room may drop what makes the page work offline. It may decline.
  await navigator.storage?.persist?.();
}

/** The order in use goes on under this bundle. Where the bundle names other signers, it is none any more. */
function carry(opened) {
  state.dropped = null;
  if (!state.order) return;
  try {
    opened.follow(state.order);
  } catch (problem) {
    Object.assign(state, { order: null, dropped: problem });
  }
}

/** Rests on a ledger's policy from now on. */
export async function pin(policy) {
  state.policy = policy;
  await remember({ policy });
}

/** Uses a continuity order, if the bundle's signers of orders signed it. */
export async function follow(order) {
  state.opened.follow(order);
  Object.assign(state, { order, dropped: null });
  await remember({ order });
}

export async function remember(values) {
  try {
    await keep.put(values);
  } catch {
    state.keeps = false;
  }
}

/** Forgets everything, here and in the browser. */
export async function forget() {
  state.opened?.free();
  Object.assign(state, { opened: null, memory: undefined, policy: null, order: null, dropped: null, request: null, presentation: null, useClass: "", problem: null });
  try {
    await keep.clear();
  } catch {
    state.keeps = false;
  }
}
