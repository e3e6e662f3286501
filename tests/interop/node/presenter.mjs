// @openid4vc/openid4vp as wallet of OpenID4VP 1.0 and HAIP 1.0, and the program that asks its verifier. Jobs:
//
// fetch  link, roots [PEM] -> request, exchanges [string]
//        The request of the link, signed below one of the roots, whose nonce is the wallet's if it is posted for.
// object link, nonce? -> status
//        Only whether there is a request at the end of the link, got, or posted for with that nonce.
// send   request, presentations {query: [string]}, enc [string]? -> status, answer
//        Without `enc` the answer is not encrypted, whatever the request says.
// refuse request, error -> status, answer
// page   url, body?, token? -> status, answer
//        What a program posts, or gets.
//
// The presentations are made elsewhere: this library signs none.
//
// Changed on the way: the library posts for a request with the members of its metadata as parameters of the form, where
// OpenID4VP 1.0 §5.10 has `wallet_metadata` and `wallet_nonce`. It makes no error responses.

import { randomBytes } from 'node:crypto';
import { setGlobalConfig } from '@openid4vc/oauth2';
import { Openid4vpClient } from '@openid4vc/openid4vp';
import { CompactEncrypt } from 'jose';
import { base64url, need, run } from './job.mjs';
import { hash, joseKey, signJwt, verifyJwt } from './wallet-keys.mjs';

setGlobalConfig({ allowInsecureUrls: true });

const METADATA = {
  vp_formats_supported: {
    'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] },
    mso_mdoc: { issuerauth_alg_values: [-7], deviceauth_alg_values: [-7] },
  },
  client_id_prefixes_supported: ['x509_hash'],
  request_object_signing_alg_values_supported: ['ES256'],
};

async function fetchRequest(job) {
  const [wallet, exchanges] = [{ metadata: METADATA, nonce: base64url(randomBytes(16)) }, []];
  const client = clientOf(job, asWallet(wallet, exchanges));
  const { params } = client.parseOpenid4vpAuthorizationRequest({ authorizationRequest: need(job, 'link') });
  const resolved = await client.resolveOpenId4vpAuthorizationRequest({
    authorizationRequestPayload: params,
    // Where nothing is posted, the library would want the nonce back all the same.
    wallet: params.request_uri_method === 'post' ? { ...wallet, expectedNonce: wallet.nonce } : undefined,
  });
  return { request: resolved.authorizationRequestPayload, exchanges };
}

/** The form of §5.10 in place of the library's. */
const asWallet = (wallet, exchanges) => (url, options = {}) => {
  const method = (options.method ?? 'GET').toUpperCase();
  exchanges.push(`${method} ${new URL(url).pathname.split('/')[1]}`);
  if (method !== 'POST') return fetch(url, options);
  const form = { wallet_metadata: JSON.stringify(wallet.metadata), wallet_nonce: wallet.nonce };
  return fetch(url, { ...options, method, body: new URLSearchParams(form) });
};

async function object(job) {
  const uri = new URL(need(job, 'link')).searchParams.get('request_uri');
  const body = job.nonce && new URLSearchParams({ wallet_nonce: job.nonce });
  const answered = await fetch(uri, body ? { method: 'POST', body } : {});
  await answered.text();
  return { status: answered.status };
}

async function send(job) {
  const client = clientOf(job, fetch);
  const created = await client.createOpenid4vpAuthorizationResponse(response(job));
  const { response: sent } = await client.submitOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: job.request,
    ...created,
  });
  return told(sent);
}

const response = (job) => ({
  authorizationRequestPayload: job.enc ? need(job, 'request') : { ...need(job, 'request'), response_mode: 'direct_post' },
  authorizationResponsePayload: { vp_token: need(job, 'presentations') },
  jarm: job.enc && {
    encryption: { nonce: base64url(randomBytes(16)) },
    serverMetadata: {
      authorization_signing_alg_values_supported: [],
      authorization_encryption_alg_values_supported: ['ECDH-ES'],
      authorization_encryption_enc_values_supported: job.enc,
    },
  },
});

async function refuse(job) {
  const { response_uri, state } = need(job, 'request');
  const body = new URLSearchParams({ error: need(job, 'error'), state });
  return told(await fetch(response_uri, { method: 'POST', body }));
}

async function page(job) {
  const authorization = job.token ? { authorization: `Bearer ${job.token}` } : {};
  const json = { method: 'POST', headers: { 'content-type': 'application/json', ...authorization } };
  const options = job.body ? { ...json, body: JSON.stringify(job.body) } : { headers: authorization };
  return told(await fetch(need(job, 'url'), options));
}

async function told(answered) {
  const text = await answered.text();
  return { status: answered.status, answer: text ? JSON.parse(text) : null };
}

const clientOf = (job, fetching) => new Openid4vpClient({
  callbacks: {
    hash,
    fetch: fetching,
    verifyJwt: verifyJwt(job.roots ?? []),
    signJwt: signJwt((whole) => whole),
    decryptJwe: async () => ({ decrypted: false }),
    encryptJwe,
    getX509CertificateMetadata: () => ({ sanDnsNames: [], sanUriNames: [] }),
  },
});

async function encryptJwe({ publicJwk, alg, enc, apu, apv }, plaintext) {
  const jwe = new CompactEncrypt(Buffer.from(plaintext)).setProtectedHeader({ alg, enc, kid: publicJwk.kid });
  const parties = { apu: apu && Buffer.from(apu, 'base64url'), apv: apv && Buffer.from(apv, 'base64url') };
  jwe.setKeyManagementParameters(parties);
  return { jwe: await jwe.encrypt(await joseKey(publicJwk, alg)), encryptionJwk: publicJwk };
}

await run({ fetch: fetchRequest, object, send, refuse, page });
