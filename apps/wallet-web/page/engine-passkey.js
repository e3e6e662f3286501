// Passkeys, whose PRF answers (WebAuthn Level 3 §10.1.4) open the wallet. Nothing about the citizen is told to the
// authenticator: the user's handle is random, and the name is the wallet's.

import { random } from "./engine-bytes.js";
import { Stopped } from "./engine-stopped.js";

const NAME = "마패 지갑 · Mapae wallet";
const ES256 = -7;
const RS256 = -257;

/** A new passkey: `{credential, salt, secret}`. */
export async function newPasskey() {
  const salt = random(32);
  const created = await asked(() => navigator.credentials.create({
    publicKey: {
      challenge: random(32),
      rp: { name: NAME },
      user: { id: random(32), name: NAME, displayName: NAME },
      pubKeyCredParams: [ES256, RS256].map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
      attestation: "none",
      extensions: { prf: { eval: { first: salt } } },
    },
  }));
  const { prf } = created.getClientExtensionResults();
  if (!prf?.enabled) throw new Stopped("passkey_without_prf");
  const credential = new Uint8Array(created.rawId);
  // Many authenticators answer only when they are used.
  const secret = prf.results?.first ? new Uint8Array(prf.results.first) : await passkeySecret({ credential, salt });
  return { credential, salt, secret };
}

/** What the passkey answers to the wallet's salt. */
export async function passkeySecret({ credential, salt }) {
  const got = await asked(() => navigator.credentials.get({
    publicKey: {
      challenge: random(32),
      allowCredentials: [{ type: "public-key", id: credential }],
      userVerification: "required",
      extensions: { prf: { eval: { first: salt } } },
    },
  }));
  const answered = got.getClientExtensionResults().prf?.results?.first;
  if (!answered) throw new Stopped("passkey_without_prf");
  return new Uint8Array(answered);
}

async function asked(ask) {
  if (!globalThis.PublicKeyCredential) throw new Stopped("passkey_unsupported");
  try {
    return await ask();
  } catch (problem) {
    throw problem instanceof Stopped ? problem : new Stopped("passkey_declined", {}, problem.message);
  }
}
