// What the screens share while the page is open.

import { openBundle } from "./core.js";
import * as keep from "./keep.js";

export const state = {
  /** The opened bundle, or null. */
  opened: null,
  /** What is remembered of it. */
  memory: undefined,
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
  if (!kept.bundle) return;
  try {
    state.opened = openBundle(kept.bundle, kept.memory);
  } catch (problem) {
    state.problem = problem;
  }
}

/** Uses a bundle that passed every check, and only now keeps it with the memory that it leaves. */
export async function adopt(bytes, opened) {
  const memory = opened.admit();
  state.opened?.free();
  Object.assign(state, { opened, memory, problem: null });
  await remember({ bundle: bytes, memory });
  // Else a browser short of room may drop what makes the page work offline. It may decline.
  await navigator.storage?.persist?.();
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
  Object.assign(state, { opened: null, memory: undefined, request: null, presentation: null, useClass: "", problem: null });
  try {
    await keep.clear();
  } catch {
    state.keeps = false;
  }
}
