// The OpenID provider at which citizens sign in: npm `oidc-provider`, which others wrote, with its own page. Who types an
// account there is that person; the register's ids are the accounts.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

/** Starts one at which the issuer of a country is the only client. */
export async function openProvider({ issuer, login: { provider, client_id, client_secret } }) {
  const { default: Provider } = await import("oidc-provider");
  const site = new Provider(provider, {
    clients: [{ client_id, client_secret, redirect_uris: [`${issuer}/callback`], response_types: ["code"], grant_types: ["authorization_code"] }],
    jwks: { keys: [{ ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig" }] },
    cookies: { keys: ["a secret of the test"] },
    pkce: { required: () => true },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    loadExistingGrant: granted,
  });
  const server = createServer(site.callback());
  await new Promise((resolve) => server.listen(new URL(provider).port, "127.0.0.1", resolve));
  return { close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}

/** Who signs in agrees: the client is the state. */
async function granted({ oidc: { client, session, provider } }) {
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope("openid");
  await grant.save();
  return grant;
}
