// A card comes into the wallet: by camera, by link and by hand.

import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { ofElement, see } from "./camera.mjs";
import { offerTo } from "./stage.mjs";
import { accept, assertNoFaults, by, chooseByPin, createByPasskey, createByPin, go, open, paste, withCard } from "./wallet.mjs";
import { plugIn } from "./passkey.mjs";

export function adding(stage) {
  scenario("the clerk's QR code is scanned, the code typed, and the card appears", () => scanned(stage));
  scenario("an offer opens the wallet by its link, and waits until there is one", () => called(stage));
  scenario("a wrong code adds nothing, and the right one after it does", () => wrongCode(stage));
  scenario("a second person's card is refused", () => anotherPerson(stage));
}

/** What the clerk's screen shows: the first page of `mapae up`. */
async function clerk(stage) {
  const page = await stage.elsewhere(`${stage.country.guide}/`);
  const person = stage.people.nextAtGuide();
  await page.getByTestId("person").selectOption(person.person_id);
  await page.getByTestId("offer").click();
  const qr = page.locator("#code-place .qr");
  await qr.waitFor();
  return { page, qr, code: await page.getByTestId("tx-code").innerText(), link: await page.getByTestId("open-offer").getAttribute("href") };
}

async function scanned(stage) {
  const visit = await stage.start(stage.newFolder());
  const { page, qr, code } = await clerk(stage);
  const picture = await ofElement(qr, page);
  await plugIn(visit);
  await open(visit);
  await createByPasskey(visit);
  await go(visit, "add");
  see(visit.film, picture);
  await by(visit, "add-camera").click();
  await accept(visit, code);
  assert.equal(await by(visit, "portrait").evaluate((image) => image.complete && image.naturalWidth > 0), true);
  const elsewhere = visit.recorder.beyond(ownPlaces(stage));
  assert.deepEqual(elsewhere.map(({ url }) => url), []);
  assertNoFaults(visit);
  await page.close();
  await visit.close();
}

/** Where adding a card has business. */
const ownPlaces = ({ country }) => [country.wallet, country.guide, country.issuer, country.provider];

async function called(stage) {
  const visit = await stage.visit();
  const { link, code, page } = await clerk(stage);
  await open(visit, link);
  assert.equal(new URL(visit.page.url()).search, "", "the offer is not left in the address");
  await chooseByPin(visit);
  await accept(visit, code);
  await page.close();
  await visit.close();
}

async function wrongCode(stage) {
  const visit = await open(await stage.visit());
  const offer = offerTo(stage);
  await createByPin(visit);
  await paste(visit, "add", offer.link);
  await by(visit, "tx-code").fill(offer.code === "000000" ? "111111" : "000000");
  await by(visit, "tx-go").click();
  await by(visit, "tx-error").locator("span").waitFor();
  await accept(visit, offer.code);
  assert.deepEqual([await by(visit, "card-0").count(), await by(visit, "card-1").count()], [1, 0]);
  await visit.close();
}

/** Hole 18 of others: one wallet ending up with several persons' documents. */
async function anotherPerson(stage) {
  const visit = await stage.visit();
  await withCard(stage, visit);
  const other = offerTo(stage);
  await paste(visit, "add", other.link);
  await by(visit, "tx-code").fill(other.code);
  await by(visit, "tx-go").click();
  const problem = visit.page.locator("[data-code]").first();
  await problem.waitFor();
  assert.equal(await problem.getAttribute("data-code"), "other_person");
  await by(visit, "to-cards").click();
  assert.equal(await by(visit, "card-1").count(), 0);
  assert.ok(!(await visit.page.locator("main").innerText()).includes(other.person.given_name));
  await visit.close();
}
