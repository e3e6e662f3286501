// All that the browser keeps for the wallet's address, as anybody sees it who has the profile and not the lock: read by a
// page of the same address in which no line of the wallet runs.

/** A text of the address that is no page of the wallet's. */
const BESIDE = "icon.svg";

/** Everything kept: `{ databases, keys, caches, storage, bytes }`; `bytes` is all of it but the caches' files. */
export async function kept(context, origin) {
  const page = await context.newPage();
  try {
    await page.goto(`${origin}/${BESIDE}`);
    const found = await page.evaluate(readAll);
    return { ...found, bytes: Buffer.from(found.bytes, "base64") };
  } finally {
    await page.close();
  }
}

/** Runs in the page. */
async function readAll() {
  const parts = [];
  const text = new TextEncoder();
  const handles = [];
  const flatten = async (value) => {
    if (typeof value === "string" || typeof value === "number") parts.push(text.encode(`${value}\n`));
    else if (value instanceof CryptoKey) {
      const exported = await Promise.any(["raw", "pkcs8", "jwk"].map((format) => crypto.subtle.exportKey(format, value))).catch(() => null);
      handles.push({ algorithm: value.algorithm.name, extractable: value.extractable, usages: value.usages.join(), exported: exported !== null });
    } else if (value instanceof ArrayBuffer) parts.push(new Uint8Array(value), text.encode("\n"));
    else if (ArrayBuffer.isView(value)) parts.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), text.encode("\n"));
    else if (value instanceof Blob) parts.push(new Uint8Array(await value.arrayBuffer()));
    else if (value && typeof value === "object") {
      for (const [name, inner] of value instanceof Map ? value : Object.entries(value)) {
        await flatten(name);
        await flatten(inner);
      }
    }
  };
  const opened = (name) => new Promise((resolve, reject) => {
    const asked = indexedDB.open(name);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error(`${name} is blocked`));
  });
  const all = (store) => new Promise((resolve, reject) => {
    const rows = [];
    const asked = store.openCursor();
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      if (!asked.result) return resolve(rows);
      rows.push([asked.result.key, asked.result.value]);
      asked.result.continue();
    };
  });
  const databases = {};
  for (const { name } of await indexedDB.databases()) {
    const database = await opened(name);
    databases[name] = {};
    for (const store of database.objectStoreNames) {
      const rows = await all(database.transaction(store).objectStore(store));
      databases[name][store] = rows.map(([key]) => String(key));
      await flatten(rows);
    }
    database.close();
  }
  const kept = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    kept[name] = (await cache.keys()).map(({ url }) => url);
  }
  const storage = { ...localStorage };
  await flatten(storage);
  const root = await navigator.storage.getDirectory();
  const files = [];
  for await (const name of root.keys()) files.push(name);
  const workers = (await navigator.serviceWorker.getRegistrations()).length;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  const blocks = [];
  for (let from = 0; from < bytes.length; from += 8192) blocks.push(String.fromCharCode(...bytes.subarray(from, from + 8192)));
  return { databases, handles, caches: kept, storage, cookies: document.cookie ?? "", files, workers, bytes: btoa(blocks.join("")) };
}
