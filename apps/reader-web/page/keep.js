// What this browser keeps: the bundle with the memory of the newest one, the ledger's policy, the continuity order, the last
// request, the choices. No presentation.

const NAME = "mapae-reader";
const STORE = "kept";

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function transaction(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const running = database.transaction(STORE, mode, { durability: "strict" });
      const result = work(running.objectStore(STORE));
      running.oncomplete = () => resolve(result);
      running.onabort = running.onerror = () => reject(running.error);
    });
  } finally {
    database.close();
  }
}

/** Everything kept, by name. */
export async function all() {
  const kept = {};
  await transaction("readonly", (store) => {
    store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      kept[cursor.key] = cursor.value;
      cursor.continue();
    };
  });
  return kept;
}

/** Keeps all of these or none: a bundle and its memory belong together. */
export const put = (values) => transaction("readwrite", (store) => {
  for (const [name, value] of Object.entries(values)) store.put(value, name);
});

/** Forgets all. */
export const clear = () => transaction("readwrite", (store) => { store.clear(); });
