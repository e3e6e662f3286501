// openid-client as relying party of our OpenID provider, and a browser without a screen. Jobs:
//
// sign_in   issuer, client_id, secret?, key? (PKCS#8, PEM), home, pushed?, form_post?, plain?, decline?, reuse?, logout?
//           -> claims (of the id_token), userinfo, trace [string], reused? (error, userinfo status), logged_out? (address, status)
//           What the client library throws is {refused: {code, error, description?}}.

import { importPKCS8 } from 'jose';
import * as oidc from 'openid-client';
import { need, run } from './job.mjs';

async function sign_in(job) {
  try {
    return await signed_in(job);
  } catch (error) {
    if (!(error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError)) throw error;
    return { refused: { code: error.code, error: error.error, description: error.error_description } };
  }
}

async function signed_in(job) {
  const config = await discover(job);
  const verifier = oidc.randomPKCECodeVerifier();
  const expected = { pkceCodeVerifier: verifier, expectedNonce: oidc.randomNonce(), expectedState: oidc.randomState() };
  const parameters = {
    redirect_uri: need(job, 'home'),
    scope: 'openid profile',
    state: expected.expectedState,
    nonce: expected.expectedNonce,
    max_age: '3600',
    ...(job.plain
      ? { code_challenge: verifier, code_challenge_method: 'plain' }
      : { code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }),
    ...(job.form_post ? { response_mode: 'form_post' } : {}),
  };
  const build = job.pushed ? oidc.buildAuthorizationUrlWithPAR : oidc.buildAuthorizationUrl;
  const trace = [];
  const back = await browse(await build(config, parameters), job, trace);
  const tokens = await oidc.authorizationCodeGrant(config, back(), { ...expected, maxAge: 3600 });
  const claims = tokens.claims();
  const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
  return {
    claims, userinfo, trace,
    ...(job.reuse ? { reused: await reuse(config, back(), { ...expected, maxAge: 3600 }, tokens) } : {}),
    ...(job.logout ? { logged_out: await logout(config, tokens, job.logout) } : {}),
  };
}

async function discover(job) {
  // Ours signs with ES256 alone; what a client of this library expects is RS256 unless it says so.
  const metadata = { id_token_signed_response_alg: 'ES256' };
  const options = { execute: [oidc.allowInsecureRequests] };
  return oidc.discovery(new URL(need(job, 'issuer')), need(job, 'client_id'), metadata, await authentication(job), options);
}

async function authentication(job) {
  if (job.secret) return oidc.ClientSecretBasic(job.secret);
  if (job.key) return oidc.PrivateKeyJwt({ key: await importPKCS8(job.key, 'ES256'), kid: 'k1' });
  return oidc.None();
}

/** Follows redirects with cookies to the client's address; what comes there, as often as it is asked for. */
async function browse(url, job, trace) {
  let cookie = '';
  for (let steps = 0; steps < 10; steps += 1) {
    if (url.href.startsWith(job.home)) return () => new URL(url);
    if (job.decline && url.pathname.endsWith('/wallet')) url = new URL(`${url.href}&decline`);
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    trace.push(`${url.pathname.split('/').pop()} ${response.status}`);
    for (const line of response.headers.getSetCookie()) [cookie] = line.split(';');
    if (response.headers.has('location')) url = new URL(response.headers.get('location'), url);
    else if (response.status === 200) return posted(await response.text(), job);
    else throw new Error(`a page of status ${response.status}: ${await response.text()}`);
  }
  throw new Error(`it goes on and on: ${trace.join(', ')}`);
}

/** What the page of `response_mode=form_post` posts. */
function posted(html, job) {
  const [, action] = /<form method="post" action="([^"]*)">/.exec(html);
  if (action !== job.home) throw new Error(`posted to ${action}`);
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  const body = new URLSearchParams(fields.map(([, name, value]) => [name, value.replaceAll('&amp;', '&')]));
  return () => new Request(action, { method: 'POST', body });
}

async function reuse(config, back, expected, tokens) {
  const error = await oidc.authorizationCodeGrant(config, back, expected).then(() => 'accepted', (error) => error.error);
  return { error, userinfo: await status(config, tokens) };
}

async function logout(config, tokens, home) {
  const parameters = { post_logout_redirect_uri: home, id_token_hint: tokens.id_token, state: 'bye' };
  const response = await fetch(oidc.buildEndSessionUrl(config, parameters), { redirect: 'manual' });
  return { address: response.headers.get('location'), status: response.status, userinfo: await status(config, tokens) };
}

/** What userinfo says to that token now. */
async function status(config, tokens) {
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  return (await fetch(config.serverMetadata().userinfo_endpoint, { headers })).status;
}

await run({ sign_in });
