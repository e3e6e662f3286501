// The wallet page as its user knows it.

import assert from "node:assert/strict";

import { offerTo } from "./stage.mjs";

/** No easy one: the page refuses those. */
export const PIN = "482915";

export const by = ({ page }, testid) => page.getByTestId(testid);

/** Opens the page, or a link to it, and waits until it can be used. */
export async function open(visit, link = `${visit.country.wallet}/`) {
  await visit.page.goto(link);
  await ready(visit);
  return visit;
}

export const ready = ({ page }) => page.waitForSelector("html[data-ready=true]");

/** Until the worker holds all that a start without a network needs. */
export const heldWhole = ({ page }) => page.waitForSelector("html[data-offline=ready]");

/** Speaks a language from now on. */
export async function speak(visit, language) {
  if (await visit.page.locator("html").getAttribute("lang") !== language) await by(visit, "language").click();
  await visit.page.waitForSelector(`html[lang=${language}]`);
}

/** Goes to a screen. */
export const go = (visit, view) => by(visit, `nav-${view}`).click();

/** A wallet that a PIN opens. */
export async function createByPin(visit) {
  await chooseByPin(visit);
  await by(visit, "nav-cards").waitFor();
}

/** The same, where a link called the wallet and is shown first. */
export async function chooseByPin(visit, pin = PIN) {
  await by(visit, "way-pin").check();
  await by(visit, "pin").fill(pin);
  await by(visit, "pin-again").fill(pin);
  await by(visit, "create").click();
}

/** A wallet that a passkey opens. */
export async function createByPasskey(visit) {
  await by(visit, "way-passkey").check();
  await by(visit, "create").click();
  await by(visit, "nav-cards").waitFor();
}

export async function unlockByPin(visit, pin = PIN) {
  await by(visit, "pin").fill(pin);
  await by(visit, "unlock-pin").click();
}

/** Gives a link by hand, on the screen for it. */
export async function paste(visit, view, link) {
  await go(visit, view);
  await by(visit, `${view}-link`).fill(link);
  await by(visit, `${view}-go`).click();
}

/** From what is offered to the cards. */
export async function accept(visit, code) {
  await by(visit, "tx-code").fill(code);
  await by(visit, "tx-go").click();
  await by(visit, "added").waitFor();
  await by(visit, "to-cards").click();
  await by(visit, "card-0").waitFor();
}

/** A wallet by PIN with a resident card in it, and whose card it is. */
export async function withCard(stage, visit, document = "resident", suits = undefined) {
  const offer = offerTo(stage, document, suits);
  await open(visit);
  await createByPin(visit);
  await add(visit, offer);
  return offer.person;
}

/** Adds what is offered, by its link. */
export async function add(visit, offer) {
  await paste(visit, "add", offer.link);
  await accept(visit, offer.code);
}

/** Copies that nobody has seen, of both formats, as the first card says. */
export async function freshIn(visit) {
  await go(visit, "cards");
  await by(visit, "card-0").click();
  await by(visit, "copies").waitFor();
  const meters = await by(visit, "copies").locator("meter").all();
  const fresh = await Promise.all(meters.map((meter) => meter.getAttribute("value")));
  return fresh.reduce((sum, value) => sum + Number(value), 0);
}

/** Nothing went wrong in the page that its user was not told. */
export const assertNoFaults = (visit) => assert.deepEqual(visit.faults, []);
