// Requests that a wallet must refuse: shown, and nothing leaves. The wire says so, not the page.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { scenario } from "../scenario.mjs";
import { answersTo, askedIn, consent, linkOf, sentTo } from "./library.mjs";
import { mentions } from "./recorder.mjs";
import { by, go, ready, unlockByPin, withCard } from "./wallet.mjs";

/** What the wallet says of each. */
const CODES = {
  "over-asking": "over_asking", unregistered: "unregistered", withdrawn: "registration_revoked", expired: "request_expired", captured: "wallet_nonce",
};
/** In which anything that was going to be sent would be. */
const A_WHILE = 500;

export function refusing(stage) {
  for (const [how, code] of Object.entries(CODES)) {
    scenario(`refused before anything leaves: ${how}`, () => refused(stage, () => linkOf(stage, `refuse-${how}`), code));
  }
  scenario("refused before anything leaves: replayed", () => replayed(stage));
  scenario("a refusal is noted only if the citizen wishes", () => noted(stage));
}

async function refused(stage, asking, code) {
  const visit = await stage.visit();
  const person = await withCard(stage, visit);
  await refuses(stage, visit, await asking(), code, person);
  await visit.close();
}

/** Shows why, and sends nothing but the question for the request, in which nobody is mentioned. */
async function refuses(stage, visit, link, code, person) {
  const since = visit.recorder.mark();
  await askedIn(visit, link);
  assert.equal(await by(visit, "refusal").or(by(visit, "problem")).first().getAttribute("data-code"), code);
  await by(visit, "to-cards").click();
  await sleep(A_WHILE);
  const { country } = stage;
  const sent = sentTo(visit, stage, since);
  assert.deepEqual(sent.map(({ url }) => new URL(url).pathname.split("/")[1]), ["requests"], "fetched once, and nothing else");
  assert.deepEqual(visit.recorder.beyond([country.wallet, country.guide, country.library, country.verifier], since).map(({ url }) => url), []);
  const mentioned = mentions(visit.recorder.sent.slice(since), [person.given_name, person.card_number, person.resident_number, person.address]);
  assert.deepEqual(mentioned.map(({ url }) => url), []);
}

/** Answered once by this wallet, and asked the same again. */
async function replayed(stage) {
  const visit = await stage.visit();
  const person = await withCard(stage, visit);
  const since = visit.recorder.mark();
  await consent(visit, await linkOf(stage, "refuse-replayed"));
  assert.equal(answersTo(visit, stage, since).length, 1, "the recorder sees an answer where there is one");
  await refuses(stage, visit, await linkOf(stage, "refuse-replayed"), "replayed", person);
  await visit.close();
}

async function noted(stage) {
  const visit = await stage.visit();
  await withCard(stage, visit);
  for (const wished of [false, true]) {
    await askedIn(visit, await linkOf(stage, "refuse-over-asking"));
    await by(visit, wished ? "keep-refusal" : "to-cards").click();
    await go(visit, "history");
    await by(visit, "history-line-0").or(visit.page.getByText(/아직 제시한 적이|Nothing was shared/)).first().waitFor();
    assert.equal(await by(visit, "history-line-0").count(), wished ? 1 : 0);
  }
  await visit.page.reload();
  await ready(visit);
  await unlockByPin(visit);
  await go(visit, "history");
  const line = by(visit, "history-line-0");
  assert.equal(await line.getAttribute("data-outcome"), "refused");
  await line.locator("summary").click();
  assert.match(await line.innerText(), /over_asking/);
  assert.equal(await by(visit, "history-line-1").count(), 0);
  await visit.close();
}
