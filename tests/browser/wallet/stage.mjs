// What the scenarios play on: a whole country from `mapae up`, and browsers of citizens, each behind a recorder of its own,
// with a camera, an authenticator, or neither.

import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { sandboxIn } from "../asking/service.mjs";
import { DESK, PHONE } from "../stage.mjs";
import { cameraArguments, seeNothing } from "./camera.mjs";
import { openRecorder } from "./recorder.mjs";

export { DESK, PHONE };

const QUIET = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-domain-reliability", "--disable-client-side-phishing-detection",
];
const KOREAN = { locale: "ko-KR", timezoneId: "Asia/Seoul" };

/** Milliseconds for one step, on a busy machine. */
const PATIENCE = 120_000;
/** Ports that `mapae up` takes from its first on, and one that it leaves. */
const PORTS = 18;
const PROVIDER = 17;

/** Starts the country; browsers come one by one. */
export async function openStage(settings, folder) {
  const country = await found(settings, join(folder, "country"));
  const browser = await chromium.launch({ executablePath: settings.chromium, args: QUIET });
  const sandbox = sandboxIn(settings, folder);
  const visitors = new Set();
  const noted = (visitor) => { visitors.add(visitor); return visitor; };
  return {
    settings, country,
    people: await people(country),
    sandbox,
    /** A page of somebody who is no citizen: the clerk's, the library's. In a browser of its own, as a cookie says whose
     * visit it is. */
    elsewhere: async (url, also = {}) => {
      const page = await browser.newPage({ viewport: DESK, ...KOREAN, ...also });
      page.setDefaultTimeout(PATIENCE);
      await page.goto(url);
      return page;
    },
    newFolder: () => mkdtempSync(join(folder, "profile-")),
    /** A new citizen in a browser that others use too, and nothing kept. */
    visit: async (also = {}) => noted(await visit((options) => browser.newContext(options), country, also)),
    /** A citizen with a browser of their own, its folder and its camera. */
    start: async (profile, also = {}) => noted(await start(settings, country, profile, also)),
    close: async () => {
      // Of scenarios that did not come to their end.
      await Promise.all([...visitors].map((visitor) => visitor.close().catch(() => {})));
      await browser.close();
      await country.stop();
      await sandbox.stop();
    },
  };
}

async function start(settings, country, profile, also) {
  mkdirSync(profile, { recursive: true });
  const film = join(profile, "..", `${profile.split("/").at(-1)}.y4m`);
  seeNothing(film);
  const launch = { executablePath: settings.chromium, args: [...QUIET, ...cameraArguments(film)] };
  const visitor = await visit((options) => chromium.launchPersistentContext(profile, { ...launch, ...options }), country, also);
  return { ...visitor, film, profile };
}

/** A citizen's window: a page, what went wrong in it, and all that it sends. */
async function visit(open, country, { viewport = PHONE, ...also }) {
  const recorder = await openRecorder();
  const proxy = { server: recorder.address, bypass: "<-loopback>" };
  const context = await open({ viewport, proxy, acceptDownloads: true, ...KOREAN, ...also });
  context.setDefaultTimeout(PATIENCE);
  const page = context.pages()[0] ?? await context.newPage();
  const faults = watch(page);
  return { context, page, faults, recorder, country, close: async () => { await context.close(); await recorder.close(); } };
}

/** What goes wrong in a page and its user is not told. */
export function watch(page) {
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
  return faults;
}

/** `mapae up` on free ports, with an issuer at which citizens may also sign in; stopped by its own process id. */
async function found(settings, dir) {
  const port = await freePorts(PORTS);
  const words = ["up", "--dir", dir, "--port", String(port), "--people", "60", "--web", settings.web, "--wallet-web", settings.wallet, "--json"];
  await (await running(settings.mapae, words)).stop();
  const login = signInAt(dir, `http://127.0.0.1:${port + PROVIDER}`);
  const { said, stop } = await running(settings.mapae, words);
  const origin = (url) => new URL(url).origin;
  return {
    dir, said, login, stop,
    ledger: `http://127.0.0.1:${port + 1}`, guide: origin(said.address), wallet: origin(said.wallet_page), library: origin(said.library ?? said.address),
    /** The library's verifier: wallets fetch requests there and answer them. */
    verifier: origin(said.verifiers?.library ?? said.address),
    bank: `http://127.0.0.1:${port + 12}`, approval: `http://127.0.0.1:${port + 14}`, signedOut: `http://127.0.0.1:${port + 14}/public/signed-out`,
    issuer: `http://127.0.0.1:${port + 5}`, office: `http://127.0.0.1:${port + 6}`, provider: `http://127.0.0.1:${port + 7}`,
    mapae: (...arguments_) => execFileSync(settings.mapae, arguments_, { cwd: dir, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }),
  };
}

/** A program that serves: what it said first, and how it is stopped. */
export async function running(mapae, words) {
  const child = spawn(mapae, words, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  // However this program ends, its country does.
  const stopNow = () => child.kill("SIGTERM");
  process.once("exit", stopNow);
  const stop = async () => {
    process.off("exit", stopNow);
    stopNow();
    await ended;
  };
  return { said: await firstAnswer(child), stop };
}

/** What an operator writes to have citizens sign in. Nothing need answer there yet. */
function signInAt(dir, provider) {
  const login = { provider, client_id: "mapae-issuer", client_secret: randomBytes(16).toString("hex") };
  const settings = join(dir, "issuer/issuer.toml");
  writeFileSync(settings, readFileSync(settings, "utf8").replace(/^# provider = .*$/m, `provider = "${provider}"`));
  writeFileSync(join(dir, "issuer/sign-in.secret"), login.client_secret);
  return login;
}

/** The one JSON document that the program answers with once all of it listens. */
async function firstAnswer(child) {
  let text = "";
  for await (const part of child.stdout) {
    text += part;
    try {
      const said = JSON.parse(text);
      child.stdout.resume();
      return said;
    } catch {
      // Not whole yet.
    }
  }
  throw new Error("`mapae` ended without saying its address");
}

/** The first of some ports in a row that nobody listens on: below those that the system gives to whoever connects. */
export async function freePorts(count) {
  for (;;) {
    const first = 12_000 + Math.floor(Math.random() * 16_000);
    const free = await Promise.all(Array.from({ length: count }, (_, nth) => isFree(first + nth)));
    if (free.every(Boolean)) return first;
  }
}

const isFree = (port) => new Promise((resolve) => {
  const server = createServer();
  server.once("error", () => resolve(false));
  server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
});

/** The register's people, one after the other: no two scenarios meet the same person. Some of them are at the clerk's screen. */
async function people(country) {
  const [header, ...rows] = readFileSync(join(country.dir, "register/resident.csv"), "utf8").trim().split("\r\n").map(cells);
  const all = rows.map((row) => Object.fromEntries(header.map((name, column) => [name, row[column]])));
  const { people: shown } = await (await fetch(`${country.guide}/guide/state`)).json();
  const onScreen = new Set(shown.filter(({ documents }) => documents.includes("resident")).map(({ id }) => id));
  const [atGuide, others] = [true, false].map((is) => all.filter(({ person_id: id }) => onScreen.has(id) === is));
  const first = (list) => () => list.shift() ?? missing("people in the register");
  return { next: first(others), nextAtGuide: first(atGuide) };
}

/** RFC 4180 without line breaks inside a cell. */
const cells = (line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);

const missing = (what) => { throw new Error(`there is no more of: ${what}`); };

/** An offer of a document to somebody who may have it, with the code that the telephone gets. */
export function offerTo(stage, document = "resident", suits = () => true) {
  const { country } = stage;
  for (;;) {
    const person = stage.people.next();
    if (!suits(person)) continue;
    const offer = offered(country, person, document);
    if (offer) return { person, ...offer, code: codeFor(country, offer.offer_id) };
  }
}

function offered(country, person, document) {
  const words = ["--person", person.person_id, "--document", document, "--office", country.office, "--token-file", join(country.dir, "issuer/office.token")];
  try {
    const said = JSON.parse(country.mapae("office", "--json", "offer", ...words));
    return { link: said.credential_offer_uri, offer_id: said.offer_id };
  } catch (failure) {
    // Some of the register's people are dead, abroad or without a picture.
    if (/not_eligible|ineligible/.test(String(failure.stderr) + String(failure.stdout))) return null;
    throw new Error(`${failure.message}\n${failure.stderr}`);
  }
}

const codeFor = (country, offer) => readFileSync(join(country.dir, "issuer/outbox", `${offer}.txt`), "utf8").trim().split("\n").at(-1);
