// What takes long, or reads pictures that anybody may have drawn, in a worker of its own: the wallet goes on meanwhile, and
// a memory that held a PIN ends with the worker.

import { load, scanned, slowPin } from "./engine-core.js";
import { Stopped } from "./engine-stopped.js";

const WORK = {
  pin: ({ pin, salt, cost }) => slowPin(pin, salt, cost),
  scan: ({ grey, width, height }) => scanned(grey, width, height),
};

let loaded = null;

addEventListener("message", async ({ data: { module, work, args } }) => {
  try {
    await (loaded ??= load(module));
    postMessage({ done: WORK[work](args) });
  } catch (problem) {
    postMessage({ stopped: Stopped.told(problem) });
  }
});
