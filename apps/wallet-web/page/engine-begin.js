// The first script that runs: what takes longest is begun before the page has its other scripts.

import { scriptUrl } from "./engine-scripts.js";

/** The core's module, compiled once for every worker of this page, and while their scripts are on their way. */
export const compiled = WebAssembly.compileStreaming(fetch("wallet_web_bg.wasm"));

let first = newWorker();

/** The worker that was begun, and later others: `{worker, broken}`, the latter a promise of what went wrong in it. */
export function takeWorker() {
  const taken = first ?? newWorker();
  first = null;
  return taken;
}

/** One without a wallet, which has the core as soon as that is compiled. */
function newWorker() {
  const worker = new Worker(scriptUrl("engine-worker.js"), { type: "module" });
  // What cannot be compiled is told by `start`.
  compiled.then((module) => worker.postMessage({ operation: "load", args: { module } }), () => {});
  const broken = new Promise((resolve) => { worker.addEventListener("error", ({ message }) => resolve(message)); });
  return { worker, broken };
}
