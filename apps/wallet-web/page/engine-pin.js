// Argon2id of one PIN, in a worker of its own: afterwards its memory, with all that is left of the PIN, is gone.

import { loadFrom, slowPin } from "./engine-core.js";

addEventListener("message", async ({ data: { module, pin, salt, cost } }) => {
  await loadFrom(module);
  const slow = slowPin(pin, salt, cost);
  postMessage(slow, [slow.buffer]);
}, { once: true });
