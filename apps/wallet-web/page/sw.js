// Keeps one release whole, so that the wallet starts without a network. This file knows no release by itself and so seldom
// changes: which one to keep is told by `release.json`, a list of all files by hash.
//
// The first release is taken as it is served. A later one is taken only when the page that runs says so, after it has found
// the list's hash in the trust ledger; and only if every file is what the list says.
// What is not in the list (bundles, issuers, relying parties) goes to the network as it is.

const MINE = "mapae-wallet ";
const POINTER = `${MINE}current`;
const LIST = "release.json";
/** Says whom this installation serves. It is the host's, and belongs to no release. */
const CONFIG = "config.json";

addEventListener("install", (event) => event.waitUntil(first()));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("message", (event) => event.waitUntil(answer(event)));
addEventListener("fetch", (event) => {
  const name = ownName(event.request);
  if (name === CONFIG) event.respondWith(fromNetwork(event.request));
  // The page compares this with what it keeps, so it must come from the network.
  else if (name && ![LIST, "sw.js"].includes(name)) event.respondWith(kept(name, event.request));
});

/** A new edition of this file takes no other release with it. */
async function first() {
  if (await current()) return;
  const response = await fetch(LIST, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${LIST}: ${response.status}`);
  await take(await response.text());
  await fromNetwork(new Request(CONFIG));
}

/** `{ take: text }`: the page found this list in the ledger. `{ which: true }`: the list in use. */
async function answer(event) {
  const [port] = event.ports;
  if (!port) return;
  try {
    if (typeof event.data?.take === "string") await take(event.data.take);
    port.postMessage({ release: await inUse() });
  } catch (problem) {
    port.postMessage({ failed: problem.message });
  }
}

/** All files of a release or none. The release before stays until then. */
async function take(list) {
  const name = `${MINE}${await digest(list)}`;
  const cache = await caches.open(name);
  try {
    await Promise.all(JSON.parse(list).map(([file, integrity]) => bring(cache, file, integrity)));
  } catch (problem) {
    await caches.delete(name);
    throw problem;
  }
  await cache.put(LIST, new Response(list));
  await (await caches.open(POINTER)).put("name", new Response(name));
  const others = (await caches.keys()).filter((one) => one.startsWith(MINE) && ![name, POINTER].includes(one));
  await Promise.all(others.map((one) => caches.delete(one)));
}

async function bring(cache, file, integrity) {
  const response = await fetch(file, { integrity, cache: "no-cache" });
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  await cache.put(file, response);
}

const digest = async (text) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))]
  .map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function current() {
  const pointer = await (await caches.open(POINTER)).match("name");
  return pointer && caches.open(await pointer.text());
}

const inUse = async () => (await (await (await current())?.match(LIST))?.text()) ?? null;

/** The name of a file of this page, or nothing. */
function ownName({ method, url }) {
  const [asked, scope] = [new URL(url), new URL(registration.scope)];
  if (method !== "GET" || asked.origin !== scope.origin || !asked.pathname.startsWith(scope.pathname)) return null;
  const name = asked.pathname.slice(scope.pathname.length) || "index.html";
  return name.includes("//") ? null : name;
}

async function kept(name, request) {
  return (await (await current())?.match(name)) ?? fetch(request);
}

/** The newest, or else the last. */
async function fromNetwork(request) {
  const cache = await caches.open(POINTER);
  try {
    const response = await fetch(request, { cache: "no-cache" });
    if (response.ok) await cache.put(CONFIG, response.clone());
    return response;
  } catch (problem) {
    const last = await cache.match(CONFIG);
    if (last) return last;
    throw problem;
  }
}
