// @openid4vc/openid4vci with @openid4vc/oauth2 as issuer and authorization server of OpenID4VCI 1.0. Jobs:
//
// offer  mdocSigner {key (JWK), certificate (PEM)}, sdJwtSigner {key, x5c [base64 DER]}, claims, nameSpaces {ns: {element: value}}, docType, vct, document,
//        copies, deferred?
//        -> link, txCode, at
//        An offer of one document in both formats for a pre-authorized code, at an issuer of its own, which wants DPoP.
//        With `deferred`, the first request for each format is answered by a transaction.
// told   at -> exchanges [string], proofs {configuration: number}, events [string], fault?
//
// Documents are made by @auth0/mdl and @sd-jwt/sd-jwt-vc. The library serves nothing, keeps no state, and issues no DPoP nonces:
// which code, token and nonce are valid is this script's.

import { createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { Oauth2AuthorizationServer, Oauth2ResourceServer, setGlobalConfig } from '@openid4vc/oauth2';
import { Openid4vciIssuer, Openid4vciVersion } from '@openid4vc/openid4vci';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { base64url, need, run } from './job.mjs';
import { fromJson } from './values.mjs';
import { generateRandom, hash, newKey, publicOf, signJwt, signerOf, verifyJwt } from './wallet-keys.mjs';

const require = createRequire(import.meta.url);
const { Document } = require('@auth0/mdl');
const { cborEncode } = require('@auth0/mdl/lib/cbor/index.js');

setGlobalConfig({ allowInsecureUrls: true });

const PRE_AUTHORIZED = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';
const callbacks = { hash, generateRandom, signJwt: signJwt((whole) => whole), verifyJwt: verifyJwt([]) };
const parties = {
  issuer: new Openid4vciIssuer({ callbacks }),
  server: new Oauth2AuthorizationServer({ callbacks }),
  resource: new Oauth2ResourceServer({ callbacks }),
};

async function offer(job) {
  const secret = () => base64url(randomBytes(16));
  const site = { job, exchanges: [], proofs: {}, events: [], nonces: new Set(), transactions: new Map(), code: secret(), txCode: '493536' };
  site.tokenKey = await newKey();
  const server = createServer((request, response) => serve(site, request, response));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  // It ends with the process, and does not hold it.
  server.unref();
  site.at = `http://127.0.0.1:${server.address().port}`;
  site.metadata = metadata(site);
  const { credentialOffer } = await parties.issuer.createCredentialOffer({
    issuerMetadata: site.metadata,
    credentialConfigurationIds: Object.keys(site.metadata.credentialIssuer.credential_configurations_supported),
    grants: { [PRE_AUTHORIZED]: { 'pre-authorized_code': site.code, tx_code: { length: 6, input_mode: 'numeric' } } },
  });
  return { link: credentialOffer, txCode: site.txCode, at: site.at };
}

function metadata({ at, job }) {
  const configuration = { cryptographic_binding_methods_supported: ['jwk'], proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } } };
  const credentialIssuer = parties.issuer.createCredentialIssuerMetadata({
    credential_issuer: at,
    credential_endpoint: `${at}/credential`,
    deferred_credential_endpoint: `${at}/deferred`,
    nonce_endpoint: `${at}/nonce`,
    notification_endpoint: `${at}/notification`,
    batch_credential_issuance: { batch_size: need(job, 'copies') },
    credential_configurations_supported: {
      [`${need(job, 'document')}-mdoc`]: { ...configuration, format: 'mso_mdoc', doctype: need(job, 'docType'), cryptographic_binding_methods_supported: ['cose_key'], credential_signing_alg_values_supported: [-7] },
      [`${job.document}-sd-jwt`]: { ...configuration, format: 'dc+sd-jwt', vct: need(job, 'vct'), credential_signing_alg_values_supported: ['ES256'] },
    },
  });
  const server = parties.server.createAuthorizationServerMetadata({
    issuer: at,
    token_endpoint: `${at}/token`,
    jwks_uri: `${at}/jwks`,
    grant_types_supported: [PRE_AUTHORIZED],
    dpop_signing_alg_values_supported: ['ES256'],
    'pre-authorized_grant_anonymous_access_supported': true,
  });
  const knownCredentialConfigurations = parties.issuer.getKnownCredentialConfigurationsSupported(credentialIssuer);
  return { credentialIssuer, authorizationServers: [server], knownCredentialConfigurations, originalDraftVersion: Openid4vciVersion.V1 };
}

const PLACES = {
  '/.well-known/openid-credential-issuer': ({ metadata: all }) => all.credentialIssuer,
  '/.well-known/oauth-authorization-server': ({ metadata: all }) => all.authorizationServers[0],
  '/jwks': ({ tokenKey }) => ({ keys: [{ ...publicOf(tokenKey), kid: 'tokens', use: 'sig', alg: 'ES256' }] }),
  '/nonce': giveNonce,
  '/token': giveToken,
  '/credential': giveCredentials,
  '/deferred': giveDeferred,
  '/notification': takeNotification,
};

async function serve(site, request, response) {
  const { method, url } = request;
  if (url === '/told') {
    const { exchanges, proofs, events, fault } = site;
    response.end(JSON.stringify({ exchanges, proofs, events, fault }));
    return;
  }
  const [status, answer] = await answered(site, request);
  site.exchanges.push(`${method} ${url} ${status}`);
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(status === 204 ? undefined : JSON.stringify(answer));
}

async function answered(site, request) {
  try {
    const place = PLACES[request.url];
    if (!place) return [404, {}];
    const text = await body(request);
    const asked = { method: request.method, url: `${site.at}${request.url}`, headers: new Headers(request.headers) };
    const answer = await place(site, asked, text);
    return [answer === undefined ? 204 : answer.transaction_id ? 202 : 200, answer];
  } catch (error) {
    if (error.errorResponse) return [400, error.errorResponse];
    site.fault = [error.message, error.cause?.message].filter(Boolean).join('; ');
    return [error.wwwAuthenticateHeaders ? 401 : 500, { error: 'invalid_token' }];
  }
}

function giveNonce(site) {
  const cNonce = base64url(randomBytes(16));
  site.nonces.add(cNonce);
  return parties.issuer.createNonceResponse({ cNonce });
}

async function giveToken(site, request, text) {
  const { grant, dpop } = parties.server.parseAccessTokenRequest({ accessTokenRequest: Object.fromEntries(new URLSearchParams(text)), request });
  const [authorizationServerMetadata] = site.metadata.authorizationServers;
  const verified = await parties.server.verifyPreAuthorizedCodeAccessTokenRequest({
    grant,
    request,
    authorizationServerMetadata,
    expectedPreAuthorizedCode: site.code,
    expectedTxCode: site.txCode,
    dpop: { jwt: dpop?.jwt, required: true, allowedSigningAlgs: ['ES256'] },
  });
  return parties.server.createAccessTokenResponse({
    audience: site.at,
    authorizationServer: site.at,
    expiresInSeconds: 600,
    signer: signerOf(site.tokenKey),
    subject: 'the citizen',
    dpop: verified.dpop,
  });
}

async function authorized(site, request) {
  const { credentialIssuer, authorizationServers } = site.metadata;
  // It fetches the server's keys, its own server's too.
  return parties.resource.verifyResourceRequest({
    request,
    resourceServer: credentialIssuer.credential_issuer,
    authorizationServers,
    allowedAuthenticationSchemes: ['DPoP'],
  });
}

async function giveCredentials(site, request, text) {
  await authorized(site, request);
  const asked = parties.issuer.parseCredentialRequest({ issuerMetadata: site.metadata, credentialRequest: JSON.parse(text) });
  const keys = [];
  for (const jwt of asked.proofs.jwt) keys.push(await provedKey(site, jwt));
  site.proofs[asked.credentialConfigurationId] = keys.length;
  const { credentialRequest } = asked;
  if (!site.job.deferred) return parties.issuer.createCredentialResponse({ credentialRequest, ...(await made(site, asked, keys)) });
  const transactionId = base64url(randomBytes(16));
  site.transactions.set(transactionId, { asked, keys });
  return parties.issuer.createCredentialResponse({ credentialRequest, transactionId, interval: 1 });
}

/** The library compares with one nonce; which are valid its caller knows. */
async function provedKey(site, jwt) {
  const { nonce } = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));
  if (!site.nonces.has(nonce)) throw new Error('not a nonce of this issuer');
  const { signer } = await parties.issuer.verifyCredentialRequestJwtProof({ issuerMetadata: site.metadata, jwt, expectedNonce: nonce });
  return publicOf(signer.publicJwk);
}

async function giveDeferred(site, request, text) {
  await authorized(site, request);
  const { deferredCredentialRequest } = parties.issuer.parseDeferredCredentialRequest({ deferredCredentialRequest: JSON.parse(text) });
  const { asked, keys } = site.transactions.get(deferredCredentialRequest.transaction_id);
  const { credentials } = await made(site, asked, keys);
  return parties.issuer.createDeferredCredentialResponse({ credentials });
}

async function takeNotification(site, request, text) {
  await authorized(site, request);
  site.events.push(JSON.parse(text).event);
}

async function made({ job }, { credentialConfigurationId: id }, keys) {
  const make = id.endsWith('-mdoc') ? mdoc : sdJwt;
  const credentials = await Promise.all(keys.map(async (key) => ({ credential: await make(job, key) })));
  return { credentials, notificationId: id };
}

async function mdoc(job, deviceKey) {
  const document = new Document(job.docType);
  for (const [nameSpace, elements] of Object.entries(need(job, 'nameSpaces'))) document.addIssuerNameSpace(nameSpace, fromJson(elements));
  const now = new Date();
  document.addValidityInfo({ signed: now, validFrom: now, validUntil: new Date(now.getTime() + 30 * 86_400_000) });
  document.addDeviceKeyInfo({ deviceKey });
  const signed = await document.sign({ issuerPrivateKey: need(job, 'mdocSigner').key, issuerCertificate: job.mdocSigner.certificate, alg: 'ES256' });
  return base64url(cborEncode(signed.prepare().get('issuerSigned')));
}

async function sdJwt(job, jwk) {
  const key = { key: createPrivateKey({ key: need(job, 'sdJwtSigner').key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  const issuer = new SDJwtVcInstance({
    hasher: (data, alg) => createHash(alg.replace('-', '')).update(data).digest(),
    hashAlg: 'sha-256',
    signer: (data) => base64url(sign('sha256', Buffer.from(data), key)),
    signAlg: 'ES256',
    saltGenerator: (length) => base64url(randomBytes(length)),
  });
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: 'https://issuer.example', iat, exp: iat + 30 * 86_400, vct: job.vct, ...need(job, 'claims'), cnf: { jwk } };
  return issuer.issue(claims, { _sd: Object.keys(job.claims) }, { header: { x5c: job.sdJwtSigner.x5c } });
}

async function body(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

const told = async (job) => (await fetch(`${need(job, 'at')}/told`)).json();

await run({ offer, told });
