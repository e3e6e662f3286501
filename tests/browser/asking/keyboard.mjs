// The pages of who asks without a mouse.

import assert from "node:assert/strict";

import { press, tabTo } from "../focus.mjs";
import { scenario } from "../scenario.mjs";
import { acts, authorize, begun, broughtBack, sessionOf } from "./service.mjs";

export function keyboard(stage) {
  scenario("the library asks by keyboard", () => library(stage));
  scenario("an account is applied for by keyboard", () => bank(stage));
  scenario("who is not signed in tries again and goes back by keyboard", () => notHeld(stage));
  scenario("a session of the sandbox by keyboard", () => sandbox(stage));
  scenario("the skip links lead to the content", () => skip(stage));
}

async function library({ country, elsewhere }) {
  const page = await elsewhere(country.library);
  await press({ page }, "language");
  await press({ page }, "ask-elsewhere");
  await page.locator("#code-place .qr").waitFor();
  // It says where the session stands once it has asked.
  await page.getByTestId("waiting-state").filter({ hasText: /\w/ }).waitFor();
  await page.context().close();
}

async function bank({ country, elsewhere }) {
  const page = await elsewhere(country.bank);
  await tabTo({ page }, "product");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.getByTestId("product").inputValue(), "savings");
  await press({ page }, "agree", "Space");
  const left = page.waitForRequest((request) => request.url().startsWith(country.wallet));
  await press({ page }, "open");
  assert.match((await left).url(), /request_uri=/);
  await page.context().close();
}

async function notHeld({ sandbox: { started }, elsewhere }) {
  const [service, page] = [await started(), await elsewhere("about:blank")];
  await page.goto(authorize(service));
  const first = page.url();
  await tabTo({ page }, "same-device");
  const { redirect_uri: back } = await acts(await sessionOf(page), { break: "revoked" });
  await page.goto(back);
  await press({ page }, "again");
  await page.locator("#same-device").waitFor();
  assert.notEqual(page.url().split("?")[0], first);
  await page.goto((await acts(await sessionOf(page), { break: "expired" })).redirect_uri);
  const brought = await broughtBack(page, () => press({ page }, "back"));
  assert.deepEqual([brought.get("error"), brought.get("state")], ["access_denied", "of-the-application"]);
  await page.context().close();
}

async function sandbox({ sandbox: { started }, elsewhere }) {
  const service = await started();
  const page = await elsewhere(await begun(service));
  await tabTo({ page }, "break");
  for (let places = await page.locator("#break option").count(); await page.locator("#break").inputValue() !== "revoked"; places -= 1) {
    assert.ok(places > 0, "no arrow leads to it");
    await page.keyboard.press("ArrowDown");
  }
  await press({ page }, "answer");
  await page.locator(".notice.bad code").waitFor();
  assert.equal(await page.locator(".notice.bad code").innerText(), "revoked");
  await page.context().close();
}

async function skip({ country, sandbox: { started }, elsewhere }) {
  for (const address of [country.library, country.bank, country.signedOut, `${(await started()).base}/sandbox`]) {
    const page = await elsewhere(address);
    await page.keyboard.press("Tab");
    assert.ok(await page.locator(".skip").isVisible(), address);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.getElementById("main").contains(document.activeElement)), address);
    await page.context().close();
  }
}
