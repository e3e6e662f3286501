// @openid4vc/openid4vp as verifier of OpenID4VP 1.0 and HAIP 1.0. Jobs:
//
// ask   key (JWK), x5c [base64 DER], query (DCQL), method "get" | "post", enc [string]?, changes {parameter: value}?
//       -> link, at
//       Signed requests of an x509_hash client at a request_uri, one for each wallet that fetches it. With `enc`, answers are
//       encrypted to a new key. `changes` replaces parameters of the request; null leaves one out.
// told  at -> exchanges [string], request?, answer? {presentations {query: [string]}, protected?}, fault?
//       What came, so far. Any worker may ask.
//
// The library serves nothing: the two places and what they are called are this script's. It puts no `request_uri_method` into
// the link and reads no `wallet_nonce` out of a form; it has no default but the place of the request for `aud`, where
// OpenID4VP 1.0 §5.8 has `https://self-issued.me/v2`; and it takes an error response for a malformed one.

import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { setGlobalConfig } from '@openid4vc/oauth2';
import { Openid4vpVerifier, calculateX509HashClientIdPrefixValue } from '@openid4vc/openid4vp';
import { compactDecrypt, decodeProtectedHeader } from 'jose';
import { base64url, need, run } from './job.mjs';
import { hash, joseKey, know, newKey, publicOf, signJwt } from './wallet-keys.mjs';

setGlobalConfig({ allowInsecureUrls: true });

const AUDIENCE = 'https://self-issued.me/v2';
const VP_FORMATS = {
  'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] },
  mso_mdoc: { issuerauth_alg_values: [-7], deviceauth_alg_values: [-7] },
};

async function ask(job) {
  await know(need(job, 'key'));
  const session = { job, exchanges: [], encryptionKey: job.enc && { ...(await newKey()), kid: 'answers' } };
  const server = createServer((request, response) => serve(session, request, response));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  // It ends with the process, and does not hold it.
  server.unref();
  session.at = `http://127.0.0.1:${server.address().port}`;
  session.parameters = await parameters(session);
  const { authorizationRequest } = await create(session);
  const method = job.method === 'post' ? '&request_uri_method=post' : '';
  return { link: `${authorizationRequest}${method}`, at: session.at };
}

async function parameters({ job, at, encryptionKey }) {
  const value = await calculateX509HashClientIdPrefixValue({ hash, x509Certificate: Buffer.from(need(job, 'x5c')[0], 'base64') });
  const asked = {
    response_type: 'vp_token',
    response_mode: encryptionKey ? 'direct_post.jwt' : 'direct_post',
    client_id: `x509_hash:${value}`,
    response_uri: `${at}/response`,
    nonce: base64url(randomBytes(16)),
    state: base64url(randomBytes(16)),
    dcql_query: need(job, 'query'),
    client_metadata: { vp_formats_supported: VP_FORMATS, ...encryption(job, encryptionKey) },
    ...job.changes,
  };
  return Object.fromEntries(Object.entries(asked).filter(([, member]) => member !== null));
}

const encryption = ({ enc }, key) => key && {
  jwks: { keys: [{ ...publicOf(key), kid: key.kid, use: 'enc', alg: 'ECDH-ES' }] },
  encrypted_response_enc_values_supported: enc,
};

/** The request for a wallet, with the nonce that it sent or another that the job has. */
function create({ job, at, encryptionKey, parameters: asked }, sent = undefined) {
  const wallet_nonce = asked.wallet_nonce ?? sent;
  return verifier(encryptionKey).createOpenId4vpAuthorizationRequest({
    authorizationRequestPayload: { ...asked, ...(wallet_nonce && { wallet_nonce }) },
    jar: {
      requestUri: `${at}/request`,
      jwtSigner: { method: 'x5c', alg: 'ES256', x5c: job.x5c },
      expiresInSeconds: 300,
      additionalJwtPayload: { aud: AUDIENCE },
    },
    wallet: wallet_nonce && { expectedNonce: wallet_nonce },
  });
}

const verifier = (encryptionKey) => new Openid4vpVerifier({ callbacks: callbacks(encryptionKey) });

function callbacks(encryptionKey) {
  const decryptJwe = async (jwe, { jwk }) => {
    if (jwk?.kid !== encryptionKey.kid) return { decrypted: false };
    const { plaintext } = await compactDecrypt(jwe, await joseKey(encryptionKey, 'ECDH-ES'));
    return { decrypted: true, decryptionJwk: jwk, payload: Buffer.from(plaintext).toString() };
  };
  return { hash, signJwt: signJwt((whole) => whole), decryptJwe };
}

async function serve(session, request, response) {
  const { method, url } = request;
  if (url === '/told') {
    const { exchanges, asked, answer, fault } = session;
    response.end(JSON.stringify({ exchanges, request: asked, answer, fault }));
    return;
  }
  session.exchanges.push(`${method} ${url}`);
  try {
    const form = new URLSearchParams(await body(request));
    await (url === '/request' ? giveRequest : takeAnswer)(session, form, response);
  } catch (error) {
    session.fault = error.message;
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: 'invalid_request' }));
  }
}

async function giveRequest(session, form, response) {
  const { authorizationRequestPayload, jar } = await create(session, form.get('wallet_nonce') ?? undefined);
  session.asked = authorizationRequestPayload;
  response.writeHead(200, { 'content-type': 'application/oauth-authz-req+jwt' }).end(jar.authorizationRequestJwt);
}

async function takeAnswer(session, form, response) {
  const authorizationResponse = Object.fromEntries(form);
  const parsed = await verifier(session.encryptionKey).parseOpenid4vpAuthorizationResponse({
    authorizationResponse,
    authorizationRequestPayload: session.parameters,
    // Those of the verifier it does not hand on.
    callbacks: callbacks(session.encryptionKey),
  });
  const sealed = authorizationResponse.response;
  session.answer = { presentations: parsed.dcql.presentations, protected: sealed && decodeProtectedHeader(sealed) };
  const redirect_uri = `${session.at}/done`;
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ redirect_uri }));
}

async function body(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

const told = async (job) => (await fetch(`${need(job, 'at')}/told`)).json();

await run({ ask, told });
