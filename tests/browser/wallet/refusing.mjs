// Requests that a wallet must refuse: shown, and nothing leaves. The wire says so, not the page.

import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { askedIn, badlyAskedBy, consent } from "./library.mjs";
import { mentions } from "./recorder.mjs";
import { personal } from "./search.mjs";
import { by, go, withCard } from "./wallet.mjs";

/** What the wallet says of each. */
const CODES = {
  over: "over_asking", unregistered: "unregistered", withdrawn: "registration_revoked", expired: "request_expired", replayed: "replayed",
};

export function refusing(stage) {
  for (const [how, code] of Object.entries(CODES)) {
    if (how !== "replayed") scenario(`refused before anything leaves: ${code}`, () => refused(stage, how, code));
  }
  scenario("refused before anything leaves: an answered request again", () => replayed(stage));
}

/** What went to the asker since then: fetching the request, and nothing else. */
function assertOnlyFetched(visit, stage, since) {
  const sent = visit.recorder.to(stage.country.library, since);
  assert.ok(sent.length === 1, `to the asker: ${sent.map(({ method, url }) => `${method} ${url}`).join(", ")}`);
  assert.deepEqual(visit.recorder.beyond([stage.country.wallet, stage.country.guide, stage.country.library], since).map(({ url }) => url), []);
}

async function refused(stage, how, code) {
  const visit = await stage.visit();
  const person = await withCard(stage, visit);
  const link = await badlyAskedBy(stage, how);
  const since = visit.recorder.mark();
  await askedIn(visit, link);
  assert.equal(await said(visit), code);
  await go(visit, "cards");
  await visit.page.waitForTimeout(300);
  assertOnlyFetched(visit, stage, since);
  assert.deepEqual(mentions(visit.recorder.sent.slice(since), Object.values(personal(person)).filter((word) => !Buffer.isBuffer(word))), []);
  await visit.close();
}

async function said(visit) {
  await by(visit, "refusal").waitFor();
  return by(visit, "refusal-code").evaluate((element) => element.dataset.code ?? element.textContent.trim());
}

/** Answered once by this wallet, and asked the same again. */
async function replayed(stage) {
  const visit = await stage.visit();
  await withCard(stage, visit);
  const link = await badlyAskedBy(stage, "replayed");
  const before = visit.recorder.mark();
  await consent(visit, link);
  const answers = visit.recorder.to(stage.country.library, before).filter(({ method, url }) => method === "POST" && !url.includes("request"));
  assert.equal(answers.length, 1, "the recorder sees an answer where there is one");
  const since = visit.recorder.mark();
  await askedIn(visit, link);
  assert.equal(await said(visit), "replayed");
  await go(visit, "cards");
  await visit.page.waitForTimeout(300);
  assertOnlyFetched(visit, stage, since);
  await visit.close();
}
