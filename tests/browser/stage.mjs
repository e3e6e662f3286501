// What the scenarios play on: the page served by `mapae reader`, a Chromium, and a proxy that sees whatever would leave
// this machine.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { basename, extname, join } from "node:path";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

const QUIET = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-domain-reliability", "--disable-client-side-phishing-detection",
];

/** Milliseconds for one step, on a busy machine. */
const PATIENCE = 20_000;

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };

/** Starts all of it. */
export async function openStage(settings, folder, files) {
  const outside = await watchOutside();
  const server = await serve(settings.mapae, settings.web);
  const options = { executablePath: settings.chromium, args: QUIET, proxy: { server: outside.address, bypass: "127.0.0.1" } };
  const browser = await chromium.launch(options);
  return {
    settings, files, outside, server, browser,
    /** A page of a new visitor: nothing kept, Korean. */
    visit: async (also = {}) => visitor(await browser.newContext({ viewport: DESK, locale: "ko-KR", timezoneId: "Asia/Seoul", ...also }), server, outside),
    /** The same on another server. */
    visitAt: async (server) => visitor(await browser.newContext({ viewport: DESK, locale: "ko-KR", timezoneId: "Asia/Seoul" }), server, outside),
    /** A browser of its own, with a folder that survives it. */
    start: async (profile, at) => visitor(await chromium.launchPersistentContext(profile, { ...options, viewport: DESK, locale: "ko-KR", timezoneId: "Asia/Seoul" }), at, outside),
    newFolder: () => mkdtempSync(join(folder, "profile-")),
    serve: () => serve(settings.mapae, settings.web),
    close: async () => {
      await browser.close();
      await server.stop();
      await outside.close();
    },
  };
}

async function visitor(context, server, outside) {
  context.on("request", (request) => outside.seen(request.url(), server.address));
  context.setDefaultTimeout(PATIENCE);
  const page = context.pages()[0] ?? await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
  return { context, page, faults, server };
}

/** `mapae reader` on a free port; stopped by its own process id. */
async function serve(mapae, web) {
  const child = spawn(mapae, ["reader", "--web", web, "--port", "0", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  // However this program ends, its servers do.
  const stopNow = () => child.kill("SIGTERM");
  process.once("exit", stopNow);
  const address = await firstAddress(child);
  return {
    address, pid: child.pid,
    stop: async () => {
      process.off("exit", stopNow);
      stopNow();
      await ended;
    },
  };
}

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".svg": "image/svg+xml" };

/** Any server of plain files, without a header of ours, which has a bundle beside the page. */
export async function servePlainly(web, bundle) {
  const server = createServer((request, response) => {
    const name = basename(request.url) || "index.html";
    const file = name === basename(bundle) ? bundle : join(web, name);
    if (!existsSync(file)) return response.writeHead(404).end();
    return response.writeHead(200, { "content-type": TYPES[extname(name)] ?? "application/octet-stream" }).end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}

async function firstAddress(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
    if (found) {
      child.stdout.resume();
      return found[0];
    }
  }
  throw new Error("`mapae reader` ended without saying its address");
}

/** Chromium asks its maker for the time and for updates of itself; no page of ours names such a host. */
const OF_CHROMIUM = /^(https?:\/\/)?([a-z0-9-]+\.)*(google|googleapis|gvt1|gstatic)\.com[:/]/;

/** A proxy through which Chromium sends all that is not for this machine. It answers nothing and remembers. */
async function watchOutside() {
  const asked = [];
  const note = (url) => { if (!OF_CHROMIUM.test(url)) asked.push(url); };
  const proxy = createServer((request, response) => {
    note(request.url);
    response.writeHead(502).end();
  });
  proxy.on("connect", (request, socket) => {
    note(request.url);
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${proxy.address().port}`,
    seen: (url, own) => { if (!url.startsWith(`${own}/`) && !/^(blob|data):/.test(url)) asked.push(url); },
    /** How often a host was asked for, by the page or through the proxy; forgotten thereby. */
    take: (host) => asked.splice(0, Infinity, ...asked.filter((url) => !url.includes(host))).filter((url) => url.includes(host)).length,
    assertNone: () => { if (asked.length > 0) throw new Error(`asked for ${[...new Set(asked)].join(", ")}`); },
    close: () => new Promise((resolve) => { proxy.close(resolve); proxy.closeAllConnections(); }),
  };
}
