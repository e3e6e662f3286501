// Copies run out: the wallet says so, shows that one is used again, and gets new ones without its holder going anywhere.

import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { kept } from "./database.mjs";
import { configured } from "./host.mjs";
import { askedBy, askedIn, consent } from "./library.mjs";
import { assertNoFaults, by, freshIn, withCard } from "./wallet.mjs";

/** Few enough to use them up. */
const COPIES = 3;
const FORMATS = 2;

export function refilling(stage) {
  scenario("copies run out, are used again with a word, and new ones are fetched", () => runOut(stage));
  scenario("new copies whose answer was lost come the next time", () => lost(stage));
}

async function withFewCopies(stage) {
  const visit = await stage.visit();
  await configured(visit, { copies: COPIES });
  const person = await withCard(stage, visit);
  assert.equal(await freshIn(visit), COPIES * FORMATS);
  return { visit, person };
}

/** Shares a card with the library, which finds it held. */
async function share(stage, visit) {
  const asked = await askedBy(stage);
  await consent(visit, asked.link);
  assert.equal((await asked.verdict()).verdict, "held");
  await asked.close();
}

/** Which copy the next request would get: `fresh`, or where it was seen. */
async function nextCopy(stage, visit) {
  const asked = await askedBy(stage);
  await askedIn(visit, asked.link);
  await by(visit, "consent").waitFor();
  const reused = by(visit, "copy-reused");
  const state = await reused.count() === 0 ? "fresh" : await reused.getAttribute("data-state");
  await by(visit, "decline").click();
  await by(visit, "cards").waitFor();
  await asked.close();
  return state;
}

const isWarned = async (visit) => {
  await freshIn(visit);
  return await by(visit, "warning-few_copies").count() > 0;
};

/** The office suspends the document and lets it go on, after which the issuer gives new copies at any time. */
function suspendAndResume({ country }, person) {
  const by = ["--office", country.office, "--token-file", "issuer/office.token"];
  const said = JSON.parse(country.mapae("office", "--json", "documents", "--person", person.person_id, ...by));
  const [{ document_id: document }] = said.documents;
  for (const what of ["suspend", "resume"]) country.mapae("office", what, document, "--reason", "test", ...by);
}

async function runOut(stage) {
  const { visit, person } = await withFewCopies(stage);
  assert.equal(await isWarned(visit), false, "three are not few");
  assert.equal(await nextCopy(stage, visit), "fresh");
  for (let shared = 1; shared <= COPIES * FORMATS; shared += 1) {
    await share(stage, visit);
    assert.equal(await freshIn(visit), COPIES * FORMATS - shared);
    assert.equal(await isWarned(visit), true, `after ${shared}`);
  }
  assert.match(await nextCopy(stage, visit), /^seen_by/);
  await tooEarly(visit);
  suspendAndResume(stage, person);
  await freshIn(visit);
  const since = visit.recorder.mark();
  await by(visit, "refill").click();
  await by(visit, "note").waitFor();
  const { wallet, guide, issuer, provider } = stage.country;
  assert.ok(visit.recorder.to(issuer, since).length > 0);
  assert.deepEqual(visit.recorder.beyond([wallet, guide, issuer, provider], since).map(({ url }) => url), []);
  assert.equal(await freshIn(visit), COPIES * FORMATS);
  assert.equal(await isWarned(visit), false);
  assert.equal(await nextCopy(stage, visit), "fresh");
  await share(stage, visit);
  assertNoFaults(visit);
  await visit.close();
}

/** The issuer says when; its holder is told that nothing is wrong. */
async function tooEarly(visit) {
  await freshIn(visit);
  await by(visit, "refill").click();
  await visit.page.locator("[data-testid=problem][data-code=refill_refused]").waitFor();
  await by(visit, "to-cards").click();
}

/** The issuer answers and the wire is cut: the very same copies come the next time, for the very same keys. */
async function lost(stage) {
  const { visit, person } = await withFewCopies(stage);
  suspendAndResume(stage, person);
  visit.recorder.lose(({ pathname }) => pathname.endsWith("/credential"));
  await by(visit, "refill").click();
  await visit.page.locator("[data-testid=problem][data-code=silent]").waitFor();
  visit.recorder.lose(() => false);
  const before = await keysKept(stage, visit);
  await by(visit, "try-again").click();
  await by(visit, "note").waitFor();
  assert.equal(await freshIn(visit), COPIES * FORMATS);
  assert.ok(await keysKept(stage, visit) <= before, "no key more than were asked for");
  await share(stage, visit);
  await visit.close();
}

const keysKept = async (stage, visit) => (await kept(visit.context, stage.country.wallet)).databases["mapae-wallet"].keys.length;
