// The plug is pulled: issuer, office, wallet provider and ledger answer nobody. What was issued goes on.

import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { askedBy, consent } from "./library.mjs";
import { assertNoFaults, by, go, withCard } from "./wallet.mjs";

export function outage(stage) {
  scenario("the state is out, and sharing works", () => pulled(stage));
}

async function pulled(stage) {
  const visit = await stage.visit();
  await withCard(stage, visit);
  const guide = await stage.elsewhere(`${stage.country.guide}/`);
  await guide.getByTestId("pull").click();
  await guide.getByTestId("push").waitFor();
  for (const service of [stage.country.issuer, stage.country.provider, stage.country.office]) {
    await assert.rejects(fetch(service), `${service} still answers`);
  }
  const asked = await askedBy(stage);
  const since = visit.recorder.mark();
  await consent(visit, asked.link);
  assert.equal((await asked.verdict()).verdict, "held");
  assert.deepEqual(visit.recorder.to(stage.country.issuer, since), [], "nobody was asked about it");
  await go(visit, "cards");
  await by(visit, "card-0").waitFor();
  await guide.getByTestId("push").click();
  await guide.getByTestId("pull").waitFor();
  assert.ok((await fetch(`${stage.country.issuer}/.well-known/openid-credential-issuer`)).ok, "and it comes back");
  await guide.close();
  await asked.close();
  await visit.close();
}
