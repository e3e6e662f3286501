// The sample library: its page in a browser of its own, and what a citizen does with its requests.

import { by, paste } from "./wallet.mjs";

/** A request for a library card: the link that opens the wallet, and the library's page that waits. */
export async function askedBy(stage) {
  const page = await stage.elsewhere(`${stage.country.library}/`);
  await page.getByTestId("ask").click();
  const link = await page.getByTestId("ask-link").getAttribute("href");
  return { page, link, verdict: () => verdictOn(page), close: () => page.close() };
}

/** The link of a request that a wallet must refuse: `over`, `unregistered`, `withdrawn`, `expired`, `replayed`. */
export async function badlyAskedBy(stage, how) {
  const page = await stage.elsewhere(`${stage.country.library}/`);
  const link = await page.getByTestId(`refuse-${how}`).getAttribute("href");
  await page.close();
  return link;
}

/** What the library found. */
async function verdictOn(page) {
  const block = page.getByTestId("verified");
  await page.locator("[data-testid=verified]:not([data-state=waiting])").waitFor();
  return {
    state: await block.getAttribute("data-state"), text: await block.innerText(),
    claims: await page.locator("[data-testid^=claim-]").evaluateAll((rows) => Object.fromEntries(rows.map((row) => [row.dataset.testid.slice("claim-".length), row.innerText]))),
  };
}

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
}
