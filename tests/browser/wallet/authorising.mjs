// What a citizen agrees to beside showing a document: an account that a bank opens. And what tells one request from another,
// and one visitor from another.

import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { askedBy, askedIn, linkOf, verdictOn } from "./library.mjs";
import { by, go, open, ready, speak, unlockByPin, withCard } from "./wallet.mjs";

export function authorising(stage) {
  scenario("a bank's account opening is read before it is signed, and the history keeps it", () => account(stage));
  scenario("the number beside the QR code is the number in the question", () => sameNumber(stage));
  scenario("what lets a library know its member again is said in words", () => knownAgain(stage));
}

/** From a page on the citizen's own device to the question in the wallet. */
async function called(stage, visit, page, testid, before = async () => {}) {
  await visit.page.goto(`${page}/`);
  await before();
  await visit.page.getByTestId(testid).click();
  await visit.page.waitForURL((url) => url.origin === stage.country.wallet);
  await ready(visit);
  await unlockByPin(visit);
  await by(visit, "consent").waitFor();
}

/** What an applicant says to the bank. */
async function apply(page) {
  await page.getByTestId("product").selectOption("savings");
  await page.getByTestId("agree").check();
}

/** The link by which the bank has an account opening authorised. */
export const applied = (stage) => linkOf(stage, "open", { at: stage.country.bank, before: apply });

/** Who may open an account: the card is given to younger people, too. */
const isGrown = ({ birth_date: date }) => date < "2000";

async function account(stage) {
  const visit = await stage.visit();
  await withCard(stage, visit, "resident", isGrown);
  await called(stage, visit, stage.country.bank, "open", () => apply(visit.page));
  const seen = {};
  for (const language of ["en", "ko"]) {
    await speak(visit, language);
    seen[language] = await by(visit, "authorise-0").innerText();
  }
  for (const words of ["계좌 개설", "가람은행", "자유적금", "300,000"]) assert.ok(seen.ko.includes(words), `${words}: ${seen.ko}`);
  for (const words of ["Opening an account", "Garam Bank", "Savings"]) assert.ok(seen.en.includes(words), `${words}: ${seen.en}`);
  assert.match(await by(visit, "share-go").innerText(), /승인/);
  await by(visit, "share-go").click();
  const found = await verdictOn(visit.page);
  assert.equal(found.verdict, "held", found.text);
  assert.equal(new URL(visit.page.url()).origin, stage.country.bank);
  await visit.page.getByTestId("account").waitFor();
  await open(visit);
  await unlockByPin(visit);
  await go(visit, "history");
  const line = by(visit, "history-line-0");
  await line.locator("summary").click();
  const kept = await line.innerText();
  for (const words of ["계좌 개설", "가람은행", "자유적금"]) assert.ok(kept.includes(words), `${words}: ${kept}`);
  await visit.close();
}

async function sameNumber(stage) {
  const visit = await stage.visit();
  await withCard(stage, visit);
  const asked = await askedBy(stage);
  await askedIn(visit, asked.link);
  const beside = await asked.page.locator("#number-place").innerText();
  const number = await by(visit, "consent-number").innerText();
  assert.match(number, /^\d\d$/);
  assert.ok(beside.includes(number), `${number} is not in: ${beside}`);
  await asked.close();
  await visit.close();
}

async function knownAgain(stage) {
  const visit = await stage.visit();
  await withCard(stage, visit);
  await called(stage, visit, stage.country.library, "loan-here");
  await speak(visit, "ko");
  assert.equal(await by(visit, "recognises").innerText(), "이 기관이 다음에도 나를 알아볼 수 있음");
  await speak(visit, "en");
  assert.match(await by(visit, "recognises").innerText(), /know you again/);
  await visit.close();
}
