// A developer's verifier with its sandbox, whose sample people answer in a wallet's place; started when it is first wanted.

import { createHash } from "node:crypto";
import { join } from "node:path";

import { freePorts, running } from "../wallet/stage.mjs";

const CALLBACK = "http://127.0.0.1:8701/callback";

/** Nothing before the first call; then the one that runs. */
export function sandboxIn(settings, folder) {
  let started;
  const start = async () => {
    const listen = `127.0.0.1:${await freePorts(1)}`;
    const { said, stop } = await running(settings.mapae, ["serve", "verifier", "--sandbox", join(folder, "sandbox"), "--listen", listen, "--json"]);
    return { base: `http://${listen}`, said, stop };
  };
  return { started: () => (started ??= start()), stop: async () => (await started)?.stop() };
}

/** The address with which an application sends a browser to sign in. */
export function authorize({ base }) {
  const challenge = createHash("sha256").update("a-code-verifier-of-forty-three-characters-or-more").digest("base64url");
  const parameters = {
    response_type: "code", scope: "openid profile", state: "of-the-application", nonce: "n", client_id: "sandbox", redirect_uri: CALLBACK,
    code_challenge: challenge, code_challenge_method: "S256",
  };
  return `${base}/openid/authorize?${new URLSearchParams(parameters)}`;
}

/** What a browser brings to the application, which nobody runs, when that is done. */
export async function broughtBack(page, act) {
  const asked = page.waitForRequest((request) => request.url().startsWith(CALLBACK));
  await act().catch(() => {});
  const brought = new URL((await asked).url()).searchParams;
  // Chromium's own page, which says that nobody answers.
  await page.waitForURL(/^chrome-error:/).catch(() => {});
  return brought;
}

/** A session for a use, as the page of the sandbox begins one. */
export async function begun({ base }, use = "identity") {
  const answer = await fetch(`${base}/sandbox/sessions`, { method: "POST", redirect: "manual", body: new URLSearchParams({ use }) });
  return new URL(answer.headers.get("location"), base).href;
}

/** Somebody of the sandbox answers the session of that page; what they were told. */
export async function acts(page, wish = {}) {
  const answer = await fetch(`${page}/answer`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(wish) });
  return answer.json();
}

/** The session that the page of a sign-in has on the same device. */
export const sessionOf = (page) => page.locator("a[href*='/sandbox/sessions/']").getAttribute("href");
