// openid-client as relying party of our OpenID provider. Jobs, each with issuer, client_id, secret? or key? (PKCS#8, PEM), home:
//
// begin   scope, pushed?, form_post?, plain?, acr?, claims? -> url, checks
//         Where the browser goes, and what the client remembers of it.
// finish  checks, back (address, or {action, fields}), acr?, reuse?, logout?
//         -> claims (of the id_token), alg, userinfo, reused? (error, userinfo status), logout? (address)
// ask     token -> status
//         Of userinfo.
//         What the client library throws is {refused: {code, error, description?}}.

import { decodeProtectedHeader, importPKCS8 } from 'jose';
import * as oidc from 'openid-client';
import { need, run } from './job.mjs';

const refusing = (handler) => async (job) => {
  try {
    return await handler(job);
  } catch (error) {
    if (!(error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError)) throw error;
    return { refused: { code: error.code, error: error.error, description: error.error_description } };
  }
};

async function begin(job) {
  const config = await discover(job);
  const verifier = oidc.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier: verifier, expectedNonce: oidc.randomNonce(), expectedState: oidc.randomState(), maxAge: 3600 };
  const parameters = {
    redirect_uri: need(job, 'home'),
    scope: need(job, 'scope'),
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    max_age: '3600',
    ...(job.plain
      ? { code_challenge: verifier, code_challenge_method: 'plain' }
      : { code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }),
    ...(job.form_post ? { response_mode: 'form_post' } : {}),
    ...(job.acr ? { acr_values: job.acr } : {}),
    ...(job.claims ? { claims: JSON.stringify(job.claims) } : {}),
  };
  const build = job.pushed ? oidc.buildAuthorizationUrlWithPAR : oidc.buildAuthorizationUrl;
  return { url: (await build(config, parameters)).href, checks };
}

async function finish(job) {
  const config = await discover(job);
  const tokens = await oidc.authorizationCodeGrant(config, callback(job), need(job, 'checks'));
  const claims = tokens.claims();
  const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
  const { alg } = decodeProtectedHeader(tokens.id_token);
  return {
    claims, userinfo, alg, token: tokens.access_token,
    ...(job.reuse ? { reused: await reuse(config, job, tokens) } : {}),
    ...(job.logout ? { logout: logout(config, tokens, job.logout) } : {}),
  };
}

async function discover(job) {
  const metadata = job.alg ? { id_token_signed_response_alg: job.alg } : undefined;
  const options = { execute: [oidc.allowInsecureRequests] };
  return oidc.discovery(new URL(need(job, 'issuer')), need(job, 'client_id'), metadata, await authentication(job), options);
}

async function authentication(job) {
  if (job.secret) return oidc.ClientSecretBasic(job.secret);
  if (job.key) return oidc.PrivateKeyJwt({ key: await importPKCS8(job.key, 'ES256'), kid: 'k1' });
  return oidc.None();
}

/** What came to the client's address, as often as it is asked for. */
function callback(job) {
  const back = need(job, 'back');
  if (typeof back === 'string') return new URL(back);
  return new Request(back.action, { method: 'POST', body: new URLSearchParams(back.fields) });
}

async function reuse(config, job, tokens) {
  const again = oidc.authorizationCodeGrant(config, callback(job), job.checks);
  const error = await again.then(() => 'accepted', (error) => error.error);
  return { error, userinfo: (await ask({ ...job, token: tokens.access_token })).status };
}

const logout = (config, tokens, home) =>
  oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: home, id_token_hint: tokens.id_token, state: 'bye' }).href;

/** What userinfo says to that token now. */
async function ask(job) {
  const config = await discover(job);
  const headers = { authorization: `Bearer ${need(job, 'token')}` };
  return { status: (await fetch(config.serverMetadata().userinfo_endpoint, { headers })).status };
}

await run({ begin: refusing(begin), finish: refusing(finish), ask });
