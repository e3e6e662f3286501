// What this browser keeps: records and device keys, each sealed under the wallet key and bound to its name, so that none
// passes for another; beside them, readable, the locks by which the wallet key is reached, and notes that tell nothing of
// anybody.
//
// Two tabs must not act on the same copies. Whoever opens the wallet last takes the pen, and what another still wants to
// write is refused by the same transaction that would have written it.

import { random, utf8 } from "./engine-bytes.js";
import { Stopped } from "./engine-stopped.js";

const NAME = "mapae-wallet";
const STORES = ["records", "keys", "locks", "notes"];
/** A pen is between tabs that are open: none of them outlives what a disk may lose. */
const FOR_TABS = "relaxed";

/** Opens the database, empty if there is none. */
export function openDatabase() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => STORES.forEach((store) => asked.result.createObjectStore(store));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(new Stopped("storage_unusable", {}, String(asked.error)));
  });
}

/** Seals content under a key, bound to a name. */
export async function seal(key, name, content) {
  const iv = random(12);
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(name) }, key, content) };
}

async function unseal(key, name, { iv, sealed }) {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: utf8(name) }, key, sealed));
  } catch {
    throw new Stopped("record_altered", { name });
  }
}

export class Store {
  #database;
  #pen = null;

  constructor(database) {
    this.#database = database;
    // Else deleting everything would wait for a tab that nobody looks at.
    database.onversionchange = () => database.close();
  }

  /** Everything of some stores, each by name. */
  async read(...names) {
    const found = {};
    await this.#transaction(names, "readonly", (stores) => everything(stores, found));
    return asMaps(found);
  }

  /** From now on this tab alone writes: what there is at that moment. */
  async takePen() {
    const pen = crypto.randomUUID();
    const found = {};
    const work = (stores) => {
      stores.notes.put(pen, "pen");
      everything(stores, found);
    };
    await this.#transaction(STORES, "readwrite", work, FOR_TABS);
    this.#pen = pen;
    return asMaps(found);
  }

  /** Writes all or nothing: `[store, name, value]`, without a value to remove. */
  async write(changes) {
    await this.#transaction(STORES, "readwrite", (stores, abort) => {
      stores.notes.get("pen").onsuccess = ({ target: { result: pen } }) => {
        if (this.#pen && pen !== this.#pen) return abort();
        for (const [store, name, value] of changes) {
          if (value === undefined) stores[store].delete(name);
          else stores[store].put(value, name);
        }
      };
    });
  }

  /** Every record, opened. */
  async opened(key, records) {
    return Promise.all([...records].map(async ([name, value]) => [name, await unseal(key, `record ${name}`, value)]));
  }

  /** A record as it is written. */
  async sealed(key, name, content) {
    return ["records", name, await seal(key, `record ${name}`, content)];
  }

  /** Forgets all of it. */
  async erase() {
    await this.#transaction(STORES, "readwrite", (stores) => STORES.forEach((store) => stores[store].clear()));
  }

  close() {
    this.#database.close();
  }

  #transaction(names, mode, work, durability = "strict") {
    return new Promise((resolve, reject) => {
      let lost = false;
      const running = this.#database.transaction(names, mode, { durability });
      const stores = Object.fromEntries(names.map((name) => [name, running.objectStore(name)]));
      running.oncomplete = () => resolve();
      running.onabort = () => reject(lost ? new Stopped("open_elsewhere") : new Stopped("not_kept", {}, String(running.error)));
      work(stores, () => { lost = true; running.abort(); });
    });
  }
}

/** Asks each store for all of it at once: a cursor would go to the database and back for each record. */
function everything(stores, found) {
  for (const [name, store] of Object.entries(stores)) {
    const its = found[name] = {};
    store.getAllKeys().onsuccess = ({ target: { result } }) => { its.names = result; };
    store.getAll().onsuccess = ({ target: { result } }) => { its.values = result; };
  }
}

const asMaps = (found) => Object.fromEntries(Object.entries(found).map(([store, { names, values }]) => [store, new Map(names.map((name, at) => [name, values[at]]))]));
