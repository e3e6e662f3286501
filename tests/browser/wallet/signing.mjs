// A card for who signs in: the issuer sends the browser to an OpenID provider that others wrote, and that sends it back.

import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { askedBy, consent } from "./library.mjs";
import { openProvider } from "./provider.mjs";
import { mentions } from "./recorder.mjs";
import { by, createByPin, go, open, paste, ready, unlockByPin } from "./wallet.mjs";

export function signing(stage) {
  scenario("a citizen signs in at the provider, and the card comes; who declines or comes unasked gets none", () => signsIn(stage));
}

/** What a government portal shows to everybody: an offer to whoever signs in. */
function portal({ country }) {
  const offer = { credential_issuer: country.issuer, credential_configuration_ids: ["resident-mdoc", "resident-sd-jwt"], grants: { authorization_code: {} } };
  return `openid-credential-offer://?credential_offer=${encodeURIComponent(JSON.stringify(offer))}`;
}

async function signsIn(stage) {
  const provider = await openProvider(stage.country);
  const person = stage.people.nextAtGuide();
  const visit = await open(await stage.visit());
  await createByPin(visit);
  await unasked(visit);
  await declines(stage, visit);
  await toProvider(stage, visit);
  await visit.page.locator("[name=login]").fill(person.person_id);
  await visit.page.locator("[name=password]").fill("any");
  await visit.page.locator("[type=submit]").click();
  await backWith(visit);
  await by(visit, "added").waitFor();
  await by(visit, "see-card").click();
  assert.match(await by(visit, "facts").innerText(), new RegExp(person.given_name));
  const seen = visit.recorder.to(stage.country.login.provider);
  assert.deepEqual(mentions(seen, [stage.country.wallet, "resident-mdoc"]).map(({ url }) => url), [], "the provider learns neither wallet nor document");
  const asked = await askedBy(stage);
  await consent(visit, asked.link);
  assert.equal((await asked.verdict()).verdict, "held");
  await asked.close();
  await visit.close();
  await provider.close();
}

/** From the offer to the provider's page. */
async function toProvider({ country }, visit) {
  await paste(visit, "add", portal({ country }));
  await by(visit, "sign-in").click();
  await visit.page.waitForURL((url) => url.origin === country.login.provider);
}

/** The browser is back, the wallet closed, and the answer no longer in the address. */
async function backWith(visit) {
  await visit.page.waitForURL((url) => url.origin === visit.country.wallet);
  await ready(visit);
  assert.equal(new URL(visit.page.url()).search, "");
  await unlockByPin(visit);
}

async function declines(stage, visit) {
  await toProvider(stage, visit);
  await visit.page.getByRole("link", { name: /cancel/i }).click();
  await backWith(visit);
  await visit.page.locator("[data-testid=problem][data-code=sign_in_declined]").waitFor();
  await by(visit, "to-cards").click();
}

/** An answer to a question that this wallet did not ask. */
async function unasked(visit) {
  await open(visit, `${visit.country.wallet}/?code=stolen&state=somebody&iss=${encodeURIComponent(visit.country.issuer)}`);
  await unlockByPin(visit);
  await visit.page.locator("[data-testid=problem]").waitFor();
  assert.deepEqual(visit.recorder.to(visit.country.issuer), [], "nobody is told");
  await by(visit, "to-cards").click();
  await go(visit, "cards");
  assert.equal(await by(visit, "card-0").count(), 0);
}
