// Keeps the page whole: every file by its hash, all of one build or none, so that the page starts without a network.
// A new build waits until every tab of the old one is closed.
// It touches nothing but the page's own files; a bundle's URL goes to the network as it is.

const FILES = /*FILES*/[];
const VERSION = `mapae-reader ${FILES.map(([, hash]) => hash.slice(7, 13)).join("")}`;

addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(VERSION);
    // A file that is not what was built refuses the whole installation: the version before goes on.
    await Promise.all(FILES.map(async ([name, integrity]) => {
      const response = await fetch(name, { integrity, cache: "no-cache" });
      if (!response.ok) throw new Error(`${name}: ${response.status}`);
      await cache.put(name, response);
    }));
  })());
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const mine = (name) => name.startsWith("mapae-reader ") && name !== VERSION;
    await Promise.all((await caches.keys()).filter(mine).map((name) => caches.delete(name)));
    await clients.claim();
  })());
});

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const scope = new URL(registration.scope);
  if (event.request.method !== "GET" || url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return;
  const name = url.pathname.slice(scope.pathname.length) || "index.html";
  if (!FILES.some(([file]) => file === name)) return;
  event.respondWith((async () => (await (await caches.open(VERSION)).match(name)) ?? fetch(event.request))());
});
