// Everything that leaves a browser, byte by byte: a proxy through which even what is meant for this machine goes. Requests
// of pages, of service workers and of the browser itself are alike to it. What is for this machine is passed on, all else
// is answered with an error and remembered.

import { createServer, request as ask } from "node:http";

/** Chromium asks its maker for the time and for updates of itself; no page of ours names such a host. */
const OF_CHROMIUM = /^(https?:\/\/)?([a-z0-9-]+\.)*(google|googleapis|gvt1|gstatic)\.com[:/]/;
const HERE = new Set(["localhost", "127.0.0.1", "[::1]"]);
/** Of one connection only (RFC 9110 §7.6.1). */
const OF_HOP = new Set(["connection", "proxy-connection", "keep-alive", "transfer-encoding", "te", "upgrade"]);

/** Starts one. */
export async function openRecorder() {
  const sent = [];
  const wire = { off: false, host: () => null, loses: () => false };
  const proxy = createServer(async (request, response) => {
    const body = await read(request);
    const url = request.url;
    if (OF_CHROMIUM.test(url)) return response.writeHead(502).end();
    sent.push({ at: Date.now(), method: request.method, url, headers: request.rawHeaders.join("\n"), body });
    if (wire.off || !URL.canParse(url) || !HERE.has(new URL(url).hostname)) return request.socket.destroy();
    const other = wire.host(new URL(url));
    return other ? serve(other, response) : pass(request, body, response, wire.loses(new URL(url)));
  });
  proxy.on("connect", (request, socket) => {
    if (!OF_CHROMIUM.test(request.url)) sent.push({ at: Date.now(), method: "CONNECT", url: request.url, headers: "", body: Buffer.alloc(0) });
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${proxy.address().port}`,
    sent,
    /** No network, as if the wire were cut. */
    cut: (off = true) => { wire.off = off; },
    /** What somebody who holds a host serves in its place: `{ type, body }` for an address, or null for what is there. */
    seize: (host) => { wire.host = host; },
    /** Which requests arrive and whose answers do not. */
    lose: (loses) => { wire.loses = loses; },
    /** Where the next requests begin. */
    mark: () => sent.length,
    /** What was sent to a place since a mark. */
    to: (origin, since = 0) => sent.slice(since).filter(({ url }) => url.startsWith(`${origin}/`)),
    /** What was sent to any other place than these. */
    beyond: (origins, since = 0) => sent.slice(since).filter(({ url }) => !origins.some((origin) => url.startsWith(`${origin}/`))),
    close: () => new Promise((resolve) => { proxy.close(resolve); proxy.closeAllConnections(); }),
  };
}

/** All of what was sent, in which a word is looked for in whatever form it may have there. */
export function mentions(requests, words) {
  const forms = words.flatMap(inForms);
  return requests.filter(({ url, headers, body }) => {
    const all = Buffer.concat([Buffer.from(`${url}\n${headers}\n`), body]);
    return forms.some((form) => all.includes(form));
  });
}

/** The forms of a word: plain, as a URL writes it, and in base64 at each of three places. */
export function inForms(word) {
  const plain = Buffer.isBuffer(word) ? word : Buffer.from(word);
  const base64 = [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), plain]).toString("base64").replace(/=+$/, "");
    // The letters at both ends also hold bits of what is beside.
    const inner = text.slice(before === 0 ? 0 : before + 1, text.length - (plain.length + before) % 3 === text.length ? undefined : -1);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
  const written = Buffer.isBuffer(word) ? [] : [encodeURIComponent(word), JSON.stringify(word).slice(1, -1)];
  return [plain, ...[...written, ...base64].map((form) => Buffer.from(form))];
}

async function read(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

/** As hosts of the page do: whoever keeps the file asks again. */
function serve({ type, body }, response) {
  response.writeHead(200, { "content-type": type, "cache-control": "no-cache" });
  response.end(body);
}

function pass(request, body, response, isLost) {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !OF_HOP.has(name)));
  const { hostname, port, pathname, search } = new URL(request.url);
  // `localhost` may be either; the services listen on this one.
  const there = hostname === "localhost" ? "127.0.0.1" : hostname;
  const onward = ask({ host: there, port, path: pathname + search, method: request.method, headers }, (answer) => {
    if (isLost) return answer.resume().on("end", () => request.socket.destroy());
    response.writeHead(answer.statusCode, answer.rawHeaders);
    return answer.pipe(response);
  });
  onward.on("error", () => request.socket.destroy());
  onward.end(body);
}
