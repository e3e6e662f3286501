// Every page of who asks, once: the samples before anybody signs in, the page of a sign-in, and the sandbox.

import { acts, authorize, begun, broughtBack, sessionOf } from "./service.mjs";

const PRESENT = { timeout: 120_000 };

/** Calls `look` with the name of each screen. */
export async function tour(stage, page, language, look) {
  await samples(stage.country, page, language, look);
  const sandbox = await stage.sandbox.started();
  await signIn(sandbox, page, language, look);
  await developers(sandbox, page, language, look);
}

/** The samples have both languages in one page. */
const speak = (page, language) => page.locator(`[data-language=${language}]`).click();

async function samples({ library, bank, approval, signedOut }, page, language, look) {
  await page.goto(library);
  await speak(page, language);
  await look("01-library");
  await page.getByTestId("ask-elsewhere").click();
  await page.locator("#code-place .qr").waitFor(PRESENT);
  await look("02-library-code");
  await page.goto(bank);
  await speak(page, language);
  await page.locator("form summary").click();
  await look("03-bank");
  await page.goto(signedOut);
  await speak(page, language);
  await look("04-approval-signed-out");
  await page.goto(approval);
  // Apache, if it is there, sends everybody to the ministry's page.
  await (await page.getByTestId("no-apache").count() > 0 ? speak(page, language) : page.goto(`${page.url()}?lang=${language}`));
  await look("05-approval");
}

async function signIn(sandbox, page, language, look) {
  const login = await loginOf(sandbox, page, language);
  await look("06-sign-in");
  const session = await sessionOf(page);
  const { redirect_uri: back } = await acts(session);
  await page.locator("#returning").waitFor(PRESENT);
  await look("07-sign-in-returning");
  await broughtBack(page, () => page.goto(back));
  await page.goto(`${login}?lang=${language}`);
  await look("08-sign-in-over");
  await notHeld(sandbox, page, language, look);
  await page.goto(`${sandbox.base}/openid/logout`);
  await look("12-signed-out");
}

async function notHeld(sandbox, page, language, look) {
  await loginOf(sandbox, page, language);
  for (const [screen, wrong] of [["09-revoked", "revoked"], ["10-expired", "expired"], ["11-no-more", "no_key_binding"]]) {
    const { redirect_uri: back } = await acts(await sessionOf(page), { break: wrong });
    await page.goto(back === undefined ? `${page.url().split("?")[0]}/return?lang=${language}` : `${back}&lang=${language}`);
    await page.locator("#back").waitFor();
    await look(`${screen}`);
    if (await page.locator("#again").count() > 0) await page.locator("#again").click();
  }
}

/** The page of a new sign-in. */
async function loginOf(sandbox, page, language) {
  await page.goto(authorize(sandbox));
  const login = page.url();
  await page.goto(`${login}?lang=${language}`);
  return login;
}

async function developers(sandbox, page, language, look) {
  const [holds, broken, waits] = [await begun(sandbox), await begun(sandbox), await begun(sandbox, "age_over_19")];
  await acts(holds);
  await acts(broken, { break: "revoked" });
  await page.goto(`${sandbox.base}/sandbox?lang=${language}`);
  await look("13-sandbox");
  for (const [screen, session] of [["14-session", waits], ["15-trace", holds], ["16-trace-broken", broken]]) {
    await page.goto(`${session}?lang=${language}`);
    await look(screen);
  }
}
