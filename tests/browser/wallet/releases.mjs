// What the host of the page can do to a wallet that exists, and what it cannot: the running release takes a newer one only if
// the ledger lists it, and only whole; the rest is shown. What no page can stop is here as well, so that SECURITY says it rightly.

import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { edition, editionOf, enter, filesOf, host, saying } from "./host.mjs";
import { by, createByPin, heldWhole, open, ready, unlockByPin } from "./wallet.mjs";

export function releases(stage) {
  scenario("a release that the ledger does not list is not taken, and the citizen is told", () => unlisted(stage));
  scenario("a release that the ledger lists is offered, taken whole, and starts without a network", () => listed(stage));
  scenario("a listed release with one other file is not taken", () => halfServed(stage));
  scenario("other bytes under a kept name do not run, nor does a page beside the release", () => otherBytes(stage));
  scenario("an altered worker is told of", () => alteredWorker(stage));
  scenario("a first visit keeps no release of which a file is other than listed", () => firstVisit(stage));
  scenario("a worker that takes over serves its own page: what no page can stop", () => takenOver(stage));
}

/** A wallet that is kept for starts without a network. */
async function installed(stage) {
  const visit = await open(await stage.visit());
  await createByPin(visit);
  await heldWhole(visit);
  return visit;
}

/** Started anew and opened. */
async function restart(visit) {
  await visit.page.reload();
  await ready(visit);
  await unlockByPin(visit);
  await by(visit, "nav-cards").waitFor();
}

async function unlisted(stage) {
  const visit = await installed(stage);
  host(visit, edition(stage, "unlisted"));
  for (let starts = 0; starts < 2; starts += 1) {
    await restart(visit);
    await by(visit, "release-refused").waitFor();
    assert.equal(await editionOf(visit), "the first");
    assert.equal(await by(visit, "release-take").count(), 0, "nobody can take it");
  }
  await visit.close();
}

async function listed(stage) {
  const visit = await installed(stage);
  const newer = edition(stage, "listed");
  host(visit, newer);
  await restart(visit);
  await by(visit, "release-refused").waitFor();
  enter(stage, "listed", newer);
  await restart(visit);
  await by(visit, "release-newer").waitFor();
  assert.equal(await editionOf(visit), "the first", "offered, and not forced");
  await takeIt(visit);
  await visit.page.waitForSelector("html[data-edition=listed][data-ready=true]");
  visit.recorder.cut();
  await restart(visit);
  assert.equal(await editionOf(visit), "listed");
  assert.equal(await by(visit, "release-newer").or(by(visit, "release-unlisted")).count(), 0);
  await visit.close();
}

const takeIt = (visit) => by(visit, "release-take").click();

async function halfServed(stage) {
  const visit = await installed(stage);
  const newer = edition(stage, "whole");
  enter(stage, "whole", newer);
  host(visit, new Map([...newer, ["state.js", Buffer.from("export const state = {};")]]));
  await restart(visit);
  await takeIt(visit);
  await by(visit, "release-incomplete").waitFor();
  visit.recorder.cut();
  await restart(visit);
  assert.equal(await editionOf(visit), "the first");
  await visit.close();
}

async function otherBytes(stage) {
  const visit = await installed(stage);
  const page = `<!doctype html><html data-edition="theirs"><meta name="viewport" content="width=device-width">`;
  const names = ["", "beside.html", "in//between.html", "config.json", "release.json", "sw.js", "?credential_offer_uri=x"];
  host(visit, new Map(names.map((name) => [name.split("?")[0] || "index.html", Buffer.from(page)])), "text/html");
  await restart(visit);
  assert.equal(await editionOf(visit), "the first");
  for (const name of names) {
    await visit.page.goto(`${stage.country.wallet}/${name}`);
    assert.equal(await editionOf(visit), "the first", name);
  }
  await sentThere(stage, visit, "beside.html");
  assert.equal(await editionOf(visit), "the first", "by a form of another page");
  await visit.close();
}

/** A form on a page of somebody else's opens an address of the wallet. */
async function sentThere(stage, visit, name) {
  const at = `${stage.country.wallet}/${name}`;
  await visit.page.goto(`data:text/html,<form method="post" action="${at}"></form>`);
  await Promise.all([visit.page.waitForURL(at), visit.page.evaluate(() => document.forms[0].submit())]);
}

async function alteredWorker(stage) {
  const visit = await installed(stage);
  const worker = filesOf(stage).get("sw.js");
  host(visit, filesOf(stage, { "sw.js": `${worker}\n// Another.\n` }));
  await restart(visit);
  await by(visit, "release-altered").waitFor();
  assert.equal(await editionOf(visit), "the first");
  await visit.close();
}

/** The page of such a host runs, as SECURITY says of first visits; it does not stay. */
async function firstVisit(stage) {
  const visit = await stage.visit();
  host(visit, filesOf(stage, { "app.js": saying(stage, "altered") }));
  await open(visit);
  assert.equal(await editionOf(visit), "altered");
  const times = () => visit.recorder.to(stage.country.wallet).filter(({ url }) => url.endsWith("/app.js")).length;
  while (times() < 2) await visit.page.waitForTimeout(50);
  const kept = () => visit.page.evaluate(async () => {
    const registered = await navigator.serviceWorker.getRegistration();
    return registered ? registered.installing?.state ?? "installed" : "none";
  });
  while (await kept() === "installing") await visit.page.waitForTimeout(50);
  assert.equal(await kept(), "none");
  await visit.close();
}

/** Browsers change `sw.js` by themselves, and what a worker serves is the page. */
async function takenOver(stage) {
  const visit = await installed(stage);
  const worker = `
    addEventListener("install", () => skipWaiting());
    addEventListener("activate", (event) => event.waitUntil(clients.claim()));
    addEventListener("fetch", (event) => event.request.mode === "navigate"
      && event.respondWith(new Response("<html data-edition=theirs>", { headers: { "content-type": "text/html" } })));`;
  host(visit, filesOf(stage, { "sw.js": worker }));
  // The browser takes its time after a start to look for another worker; one that goes while it serves leaves its page undone.
  const shown = () => visit.page.waitForFunction(() => document.documentElement?.dataset.edition, null, { timeout: 4000 });
  for (let looks = 0; looks < 10; looks += 1) {
    await visit.page.reload({ waitUntil: "commit", timeout: 8000 }).catch(() => null);
    const edition = await shown().then((found) => found.jsonValue(), () => "none yet");
    if (edition === "theirs") break;
    await visit.page.waitForTimeout(2000);
  }
  assert.equal(await editionOf(visit), "theirs");
  await visit.close();
}
