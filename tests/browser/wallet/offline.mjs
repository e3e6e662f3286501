// From the second start on the network may be away: cards, history, and an answer made ready.

import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { askedBy, askedIn, consent } from "./library.mjs";
import { by, go, heldWhole, open, unlockByPin, withCard } from "./wallet.mjs";

export function offline(stage) {
  scenario("the second start without a network: card, facts, history, and an answer that is sent later", () => secondStart(stage));
  scenario("the network goes while the citizen reads: the answer is made ready", () => goesAway(stage));
}

async function secondStart(stage) {
  const profile = stage.newFolder();
  const first = await stage.start(profile);
  const person = await withCard(stage, first);
  const asked = await askedBy(stage);
  await consent(first, asked.link);
  await heldWhole(first);
  await first.close();
  const second = await stage.start(profile);
  await networkOff(second);
  await open(second);
  await unlockByPin(second);
  await by(second, "card-0").waitFor();
  assert.ok(await by(second, "offline-banner").isVisible());
  assert.ok(await by(second, "evidence-age").isVisible());
  await by(second, "card-0").click();
  assert.match(await by(second, "facts").innerText(), new RegExp(person.given_name));
  await go(second, "history");
  assert.equal(await by(second, "history-line-0").getAttribute("data-outcome"), "shared");
  await answered(stage, second);
  await asked.close();
  await second.close();
}

/** A request that came whole, as in a message, is read and answered without a network. */
async function answered(stage, visit) {
  const asked = await askedBy(stage);
  await askedIn(visit, await requestOf(asked.link));
  await by(visit, "prepare-go").click();
  await sentLater(visit, asked);
}

/** The signed request itself, to which the link only points. */
async function requestOf(link) {
  const parameters = new URL(link).searchParams;
  const method = parameters.get("request_uri_method") === "post" ? "POST" : "GET";
  return (await fetch(parameters.get("request_uri"), { method })).text();
}

async function sentLater(visit, asked) {
  await by(visit, "prepared").waitFor();
  assert.ok(await by(visit, "send-prepared-0").isDisabled(), "the button says when");
  await networkOff(visit, false);
  await by(visit, "send-prepared-0").click();
  await by(visit, "shared").waitFor();
  assert.equal((await asked.verdict()).verdict, "held");
  await asked.close();
}

/** The wire is cut, and the browser knows. */
async function networkOff({ recorder, context }, off = true) {
  recorder.cut(off);
  await context.setOffline(off);
}

async function goesAway(stage) {
  const visit = await stage.visit();
  await withCard(stage, visit);
  const asked = await askedBy(stage);
  await askedIn(visit, asked.link);
  await networkOff(visit);
  await by(visit, "prepare-go").click();
  await sentLater(visit, asked);
  await visit.close();
}
