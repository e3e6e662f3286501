// Whom the wallet relies on. The ledger's policy is pinned when the wallet first meets it, sealed like a document; from
// then on no file of whoever hosts the page changes it, and bundles prove its changes themselves.

import { utf8 } from "./engine-bytes.js";
import { whole } from "./engine-drive.js";
import { Stopped } from "./engine-stopped.js";

const LONGEST_BUNDLE = 64 << 20;
const PATIENCE = 60_000;

export class Trust {
  #config;
  /** `{policy, memory}` as kept, and the bundle's bytes. */
  #pinned;
  #bundle;

  constructor(config, records) {
    const kept = new Map(records);
    this.#config = config;
    this.#pinned = kept.has("trust.pinned") ? JSON.parse(new TextDecoder().decode(kept.get("trust.pinned"))) : {};
    this.#bundle = kept.get("trust.bundle") ?? null;
  }

  /** What is kept, used. A bundle that is refused now is none. */
  restore(core) {
    if (!this.#bundle) return null;
    try {
      core.relyOn(this.#bundle, this.#pinned.memory, this.#policy());
      return null;
    } catch (problem) {
      return Stopped.told(problem);
    }
  }

  /** Fetches the newest bundle, uses it, and keeps it with what it leaves to remember. */
  async refresh(core, { store, walletKey }) {
    if (!this.#config.bundle) return false;
    this.#pinned.policy ??= await this.#fetchPolicy();
    const bundle = await fetched(this.#config.bundle, LONGEST_BUNDLE);
    const memory = core.relyOn(bundle, this.#pinned.memory, this.#policy());
    const pinned = { ...this.#pinned, memory };
    const noted = ["notes", "as_of", core.bundle().as_of];
    await store.write([
      await store.sealed(walletKey, "trust.bundle", bundle),
      await store.sealed(walletKey, "trust.pinned", utf8(JSON.stringify(pinned))),
      noted,
    ]);
    this.#pinned = pinned;
    this.#bundle = bundle;
    return true;
  }

  #policy() {
    return this.#pinned.policy ? utf8(this.#pinned.policy) : null;
  }

  async #fetchPolicy() {
    if (!this.#config.policy) return undefined;
    return new TextDecoder().decode(await fetched(this.#config.policy, 1 << 20));
  }
}

/** A file for everybody: nobody is told who asks. */
async function fetched(url, longest) {
  const signal = AbortSignal.timeout(PATIENCE);
  let response;
  try {
    response = await fetch(url, { cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer", signal });
  } catch {
    throw new Stopped("trust_unreachable");
  }
  if (!response.ok) throw new Stopped("trust_unreachable", { status: response.status });
  return whole(response, longest);
}
