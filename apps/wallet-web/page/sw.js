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
  if (name === null) return;
  // Opened as a page, these would be what the host makes of them.
  const read = event.request.mode !== "navigate";
  if (read && name === CONFIG) event.respondWith(config(event));
  // The page compares these with what it keeps, so they must come from the network.
  else if (!read || ![LIST, "sw.js"].includes(name)) event.respondWith(kept(name, event.request));
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
  using = cache;
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

/** The release in use, looked up once for all the files that a page asks for at its start. */
let using = null;

async function current() {
  return using ??= await lookedUp();
}

async function lookedUp() {
  const pointer = await (await caches.open(POINTER)).match("name");
  return pointer && caches.open(await pointer.text());
}

const inUse = async () => (await (await (await current())?.match(LIST))?.text()) ?? null;

/** The name of a file of this page, or nothing: elsewhere. */
function ownName({ url }) {
  const [asked, scope] = [new URL(url), new URL(registration.scope)];
  if (asked.origin !== scope.origin || !asked.pathname.startsWith(scope.pathname)) return null;
  return asked.pathname.slice(scope.pathname.length) || "index.html";
}

/** A file of the release. There is no other, by whatever method: a page that the host puts beside it would be of this address,
 * and read what the wallet keeps. */
async function kept(name, request) {
  const release = await current();
  if (!release) return fetch(request);
  return (await release.match(name)) ?? new Response("not here\n", { status: 404 });
}

/** The last, so that no start waits for a network; the newest is for the start after this one. */
async function config(event) {
  const last = await (await caches.open(POINTER)).match(CONFIG);
  const newest = fromNetwork(event.request);
  if (!last) return newest;
  event.waitUntil(newest.catch(() => {}));
  return last;
}

async function fromNetwork(request) {
  const response = await fetch(request, { cache: "no-cache" });
  if (response.ok) await (await caches.open(POINTER)).put(CONFIG, response.clone());
  return response;
}
