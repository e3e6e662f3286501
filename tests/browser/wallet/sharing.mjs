// A card is shown to the sample library: what the citizen reads before, what leaves, and what the library finds.

import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { ofElement, see } from "./camera.mjs";
import { answersTo, askedBy, askedIn, consent, linkOf, sentTo, verdictOn } from "./library.mjs";
import { mentions } from "./recorder.mjs";
import { add, assertNoFaults, by, createByPin, go, open, ready, speak, unlockByPin, withCard } from "./wallet.mjs";
import { offerTo } from "./stage.mjs";

export function sharing(stage) {
  scenario("a request on the same device: by PIN to the consent, and back to the library, which shows the verdict", () => sameDevice(stage));
  scenario("consent says who, for what, each element, what stays; the library verifies what comes", () => consented(stage));
  scenario("the library's QR code is scanned, and its page sees the answer", () => scanned(stage));
  scenario("a request opens a closed wallet, is asked after the PIN, and declined tells nothing and goes back", () => declined(stage));
  scenario("the history says who got what when, is exported and deleted", () => remembered(stage));
}

async function consented(stage) {
  const visit = await stage.visit();
  const person = await withCard(stage, visit);
  const asked = await askedBy(stage);
  const since = visit.recorder.mark();
  await askedIn(visit, asked.link);
  await speak(visit, "ko");
  assert.equal(await by(visit, "consent-who").innerText(), "세종시립도서관");
  assert.match(await by(visit, "consent-purpose").innerText(), /[가-힣]/);
  assert.equal(await by(visit, "consent-verified").getAttribute("data-by"), "registration");
  const elements = await visit.page.locator("[data-testid^=element-]").allInnerTexts();
  assert.ok(elements.some((text) => text.includes(person.given_name)), "the value is shown to its owner");
  assert.match(await by(visit, "not-shared").innerText(), /생년월일/);
  assert.deepEqual(answersTo(visit, stage, since), [], "nothing leaves before the consent");
  await by(visit, "share-go").click();
  await by(visit, "shared").waitFor();
  assert.equal(answersTo(visit, stage, since).length, 1);
  assert.deepEqual(mentions(visit.recorder.sent.slice(since), [person.address, person.card_number, person.resident_number]), [], "what was not asked for is nowhere");
  const found = await asked.verdict();
  assert.equal(found.verdict, "held");
  assert.ok(found.text.includes(person.given_name), found.text);
  assert.ok(!found.text.includes(person.address) && !found.text.includes(person.birth_date));
  assertNoFaults(visit);
  await asked.close();
  await visit.close();
}

async function scanned(stage) {
  const visit = await stage.start(stage.newFolder());
  const offer = offerTo(stage);
  await open(visit);
  await createByPin(visit);
  await add(visit, offer);
  const asked = await askedBy(stage);
  see(visit.film, await ofElement(asked.code, asked.page));
  await go(visit, "share");
  await by(visit, "share-camera").click();
  await by(visit, "consent").waitFor();
  await by(visit, "share-go").click();
  await by(visit, "shared").waitFor();
  assert.equal((await asked.verdict()).verdict, "held");
  await asked.close();
  await visit.close();
}

async function sameDevice(stage) {
  const visit = await stage.visit();
  const person = await withCard(stage, visit);
  // The verdict is for the browser that began.
  await visit.page.goto(`${stage.country.library}/`);
  await visit.page.getByTestId("ask-here").click();
  await visit.page.waitForURL((url) => url.origin === stage.country.wallet);
  await ready(visit);
  await unlockByPin(visit);
  await by(visit, "consent").waitFor();
  await by(visit, "optional-0").check();
  await by(visit, "share-go").click();
  // The wallet goes back there by itself.
  const found = await verdictOn(visit.page);
  assert.equal(found.verdict, "held");
  assert.ok(found.text.includes(person.given_name));
  assert.equal(await visit.page.getByTestId("claims").locator("img").count(), 1, "the picture was chosen");
  await visit.close();
}

async function declined(stage) {
  const visit = await stage.visit();
  const person = await withCard(stage, visit);
  const link = await linkOf(stage, "ask-here");
  const since = visit.recorder.mark();
  await visit.page.goto(link);
  await ready(visit);
  assert.equal(new URL(visit.page.url()).search, "", "the request is not left in the address");
  assert.equal(sentTo(visit, stage, since).length, 0, "a closed wallet asks nobody");
  await unlockByPin(visit);
  await by(visit, "consent").waitFor();
  await by(visit, "decline").click();
  await visit.page.waitForURL((url) => url.origin === stage.country.library);
  assert.deepEqual(mentions(visit.recorder.sent.slice(since), [person.given_name, person.card_number]), []);
  assert.ok(answersTo(visit, stage, since).every(({ body }) => body.length < 2000), "no more than that it was declined");
  await open(visit);
  await unlockByPin(visit);
  await go(visit, "history");
  assert.equal(await by(visit, "history-line-0").getAttribute("data-outcome"), "declined");
  await visit.close();
}

async function remembered(stage) {
  const visit = await stage.visit();
  const person = await withCard(stage, visit);
  const asked = await askedBy(stage);
  await consent(visit, asked.link);
  await go(visit, "history");
  const line = by(visit, "history-line-0");
  assert.equal(await line.getAttribute("data-outcome"), "shared");
  await line.locator("summary").click();
  assert.match(await line.innerText(), /세종시립도서관/);
  for (const [button, name] of [["history-export", "mapae-history.json"], ["history-export-csv", "mapae-history.csv"]]) {
    const [download] = await Promise.all([visit.page.waitForEvent("download"), by(visit, button).click()]);
    assert.equal(download.suggestedFilename(), name);
    const text = await read(download);
    assert.match(text, /세종시립도서관/);
    assert.ok(!text.includes(person.address), "names of elements, never values");
    if (name.endsWith("json")) JSON.parse(text);
  }
  await by(visit, "history-delete-all").click();
  await by(visit, "history-delete-yes").click();
  await by(visit, "note").waitFor();
  await visit.page.reload();
  await ready(visit);
  await unlockByPin(visit);
  await go(visit, "history");
  assert.equal(await line.count(), 0);
  await asked.close();
  await visit.close();
}

async function read(download) {
  const parts = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  return Buffer.concat(parts).toString();
}
