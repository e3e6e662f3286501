// The first script that runs: what takes longest is begun before the page has its other scripts.

import { scriptUrl } from "./engine-scripts.js";

/**
 * The core's module, compiled for its machine code alone: the worker compiles the same bytes as it fetches them itself, and
 * the browser knows them again. Chromium also keeps machine code over to the next start, for pages and not for workers.
 * The page has no use for the module, and gives it to nobody: the worker believes no page.
 */
export const compiled = WebAssembly.compileStreaming(fetch("wallet_web_bg.wasm"));

let first = newWorker();

/** The worker that was begun, and later others: `{worker, broken}`, the latter a promise of what went wrong in it. */
export function takeWorker() {
  const taken = first ?? newWorker();
  first = null;
  return taken;
}

function newWorker() {
  const worker = new Worker(scriptUrl("engine-worker.js"), { type: "module" });
  const broken = new Promise((resolve) => { worker.addEventListener("error", ({ message }) => resolve(message)); });
  return { worker, broken };
}
