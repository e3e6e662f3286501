// From locked to open and back, and what called the wallet in between.

import { lookForRelease } from "./release.js";
import { receive } from "./screens.js";
import { show, state } from "./state.js";
import { engine } from "./engine.js";

/** Asks the engine how things stand. */
export async function look() {
  const { state: phase, ...rest } = await engine.start();
  Object.assign(state, { phase, ...rest });
}

/** The wallet was opened: what called it goes on. */
export async function opened() {
  Object.assign(state, { phase: "open", has: engine.settings().has, bundle: engine.bundle() ?? state.bundle });
  const call = state.incoming;
  state.incoming = null;
  if (call) receive(call);
  else await show();
  lookForRelease();
  state.persisted = await navigator.storage?.persist?.() ?? false;
}

/** The wallet was closed: by its owner, for being out of sight, by another tab, or because everything is deleted. */
export async function closed(reason) {
  Object.assign(state, { phase: "locked", step: null, closedBy: reason });
  // Who closed it is done with that screen; who was only away comes back to it.
  if (["asked", "deleted"].includes(reason)) history.replaceState(null, "", "#cards");
  await look();
  show();
}

/** A link called the wallet. One that comes while it is closed waits. */
export function called(call) {
  if (!call) return;
  if (state.phase === "open") {
    receive(call);
    return;
  }
  state.incoming = call;
  if (state.phase !== "starting") show();
}
