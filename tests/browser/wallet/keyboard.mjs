// The whole way without a mouse, with the focus in sight at each stop.

import assert from "node:assert/strict";

import { press, tabTo } from "../focus.mjs";
import { scenario } from "../scenario.mjs";
import { askedBy } from "./library.mjs";
import { offerTo } from "./stage.mjs";
import { PIN, by, open } from "./wallet.mjs";

export function keyboard(stage) {
  scenario("from the first start to a shared card by keyboard", () => allTheWay(stage));
}

async function type(visit, testid, text) {
  await tabTo(visit, testid);
  await visit.page.keyboard.insertText(text);
}

/** A new screen says where it begins. */
async function headingHasFocus({ page }) {
  await page.waitForFunction(() => document.activeElement.tagName === "H1");
}

async function allTheWay(stage) {
  const visit = await open(await stage.visit());
  const offer = offerTo(stage);
  await tabTo(visit, "way-passkey");
  await visit.page.keyboard.press("ArrowDown");
  await type(visit, "pin", PIN);
  await type(visit, "pin-again", PIN);
  await press(visit, "create");
  await by(visit, "to-add").waitFor();
  await headingHasFocus(visit);
  await press(visit, "to-add");
  await type(visit, "add-link", offer.link);
  await press(visit, "add-go");
  await by(visit, "tx-code").waitFor();
  await headingHasFocus(visit);
  await type(visit, "tx-code", offer.code);
  await visit.page.keyboard.press("Enter");
  await by(visit, "added").waitFor();
  await press(visit, "see-card");
  await by(visit, "facts").waitFor();
  await press(visit, "to-share");
  const asked = await askedBy(stage);
  await type(visit, "share-link", asked.link);
  await press(visit, "share-go");
  await by(visit, "consent").waitFor();
  await headingHasFocus(visit);
  await press(visit, "share-go");
  await by(visit, "shared").waitFor();
  assert.equal((await asked.verdict()).verdict, "held");
  await asked.close();
  await visit.close();
}
