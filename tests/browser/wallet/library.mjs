// The sample library and its neighbours, whose pages are in a browser of their own, and what a citizen does with their
// requests.

import { by, paste } from "./wallet.mjs";

/** A request for a library card by QR code: its link, and the library's page that waits. */
export async function askedBy(stage) {
  const page = await stage.elsewhere(`${stage.country.library}/`);
  await page.getByTestId("ask-elsewhere").click();
  const code = page.locator("#code-place .qr");
  await code.waitFor();
  return { page, code, link: await code.getAttribute("data-link"), verdict: () => verdictOn(page), close: () => page.close() };
}

/** The link by which a page on the citizen's own device opens the wallet: `ask-here`, or `refuse-…` of a request that a
 * wallet must refuse. */
export async function linkOf(stage, testid, { at = stage.country.library, before = async () => {} } = {}) {
  const page = await stage.elsewhere(`${at}/`);
  await before(page);
  const opened = page.waitForRequest((request) => request.url().startsWith(stage.country.wallet));
  await page.getByTestId(testid).click();
  const link = (await opened).url();
  await page.close();
  return link;
}

/** What the library found. */
export async function verdictOn(page) {
  const notice = page.getByTestId("verdict");
  await notice.waitFor();
  return { verdict: await notice.getAttribute("data-verdict"), code: await notice.getAttribute("data-code"), text: await page.getByTestId("result").innerText() };
}

/** What went to who asks: the library's verifier, or its page's requests that a wallet must refuse. */
export const sentTo = ({ recorder }, { country }, since) => [country.library, country.verifier].flatMap((origin) => recorder.to(origin, since));

/** Answers to who asks; reading a request is something else. */
export const answersTo = (visit, stage, since) => sentTo(visit, stage, since).filter(({ url }) => url.includes("/responses/"));

/** Reads a request as text and comes to what the wallet says of it. */
export async function askedIn(visit, link) {
  await paste(visit, "share", link);
  await by(visit, "consent").or(by(visit, "refusal")).or(by(visit, "problem")).first().waitFor();
}

/** Reads a request and shares what it asks for. */
export async function consent(visit, link) {
  await askedIn(visit, link);
  await by(visit, "share-go").click();
  await by(visit, "shared").waitFor();
  await by(visit, "to-cards").click();
}
