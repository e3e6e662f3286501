// @openid4vc/openid4vci with @openid4vc/oauth2 as wallet of OpenID4VCI 1.0 and HAIP 1.0. Jobs:
//
// metadata  issuer, roots [PEM]? -> metadata, authorizationServer, signed
//           With roots, signed metadata is asked for, whose signer is below one of them.
// redeem    offer (URI), txCode?, provider?, dpopKey? -> session
//           Pre-authorized code.
// authorize issuer, configurations [id], redirectUri, provider -> pending, url
//           Pushed authorization request with PKCE; the browser then opens the URL.
// exchange  pending, redirected (URL) -> session
// request   session, configuration (id), copies, proof "jwt" | "attested" | "attestation", provider?, enc?, keys? [JWK],
//           nonce? -> credentials [string], keys [JWK], notificationId? | transactionId, interval
// collect   session, transactionId, enc? -> credentials, notificationId? | transactionId, interval
// notify    session, notificationId, event
// refresh   session, provider? -> session
//
// A session goes into the next job as it came. `provider` {issuer, key (JWK), x5c [base64], clientId, keyStorage [string]}
// signs client and key attestations. Every answer has `trace`, the exchanges of the job; a refusal by the issuer is
// `refused` {error, status}.
//
// Changed on the way, since 0.4.6 is older than the texts: the type of a key attestation, which it calls `keyattestation+jwt`
// (1.0 D.1: `key-attestation+jwt`); the `challenge` of a client attestation, which it does not know; the `notification_id`
// of a deferred response, which it refuses beside credentials although §9.2 has it.

import {
  Oauth2Client,
  clientAuthenticationClientAttestationJwt,
  clientAuthenticationNone,
  setGlobalConfig,
} from '@openid4vc/oauth2';
import { Openid4vciClient, Openid4vciWalletProvider, extractScopesForCredentialConfigurationIds } from '@openid4vc/openid4vci';
import { need, run } from './job.mjs';
import { encryptAt, fetchWith, forget, trace, withhold } from './wallet-http.mjs';
import { forgetKeys, generateRandom, hash, know, newKey, publicOf, signerOf, signJwt, verifyJwt } from './wallet-keys.mjs';

setGlobalConfig({ allowInsecureUrls: true });

const CLIENT = 'urn:example:wallet';

async function metadata(job) {
  const resolved = await client(job).vci.resolveIssuerMetadata(need(job, 'issuer'));
  return {
    metadata: resolved.credentialIssuer,
    authorizationServer: resolved.authorizationServers[0],
    signed: resolved.signedCredentialIssuer !== undefined,
    draft: resolved.originalDraftVersion,
  };
}

async function redeem(job) {
  const { vci } = client(job);
  const credentialOffer = await vci.resolveCredentialOffer(need(job, 'offer'));
  const issuerMetadata = await vci.resolveIssuerMetadata(credentialOffer.credential_issuer);
  const dpopKey = await know(job.dpopKey ?? (await newKey()));
  const authenticated = await attested(job, issuerMetadata);
  const granted = await authenticated.vci.retrievePreAuthorizedCodeAccessTokenFromOffer({
    credentialOffer,
    issuerMetadata,
    txCode: job.txCode,
    dpop: { signer: signerOf(dpopKey) },
  });
  return { ...session(credentialOffer.credential_issuer, dpopKey, granted), offered: credentialOffer };
}

async function authorize(job) {
  const issuerMetadata = await client(job).vci.resolveIssuerMetadata(need(job, 'issuer'));
  const dpopKey = await newKey();
  const state = Buffer.from(generateRandom(16)).toString('base64url');
  const { oauth2, instanceKey } = await attested(job, issuerMetadata);
  const { authorizationRequestUrl, pkce, dpop } = await oauth2.initiateAuthorization({
    authorizationServerMetadata: issuerMetadata.authorizationServers[0],
    clientId: need(job, 'provider').clientId,
    redirectUri: need(job, 'redirectUri'),
    scope: scopes(job, issuerMetadata),
    state,
    dpop: { signer: signerOf(dpopKey) },
  });
  const { issuer, provider, redirectUri } = job;
  const verifier = pkce.codeVerifier;
  return { url: authorizationRequestUrl, pending: { issuer, provider, redirectUri, dpopKey, dpopNonce: dpop.nonce, instanceKey, state, verifier } };
}

const scopes = (job, { credentialIssuer }) => extractScopesForCredentialConfigurationIds({
  credentialConfigurationIds: need(job, 'configurations'),
  issuerMetadata: { credentialIssuer },
  throwOnConfigurationWithoutScope: true,
}).join(' ');

async function exchange(job) {
  const pending = need(job, 'pending');
  const issuerMetadata = await client(job).vci.resolveIssuerMetadata(pending.issuer);
  const { vci, oauth2 } = await attested(pending, issuerMetadata);
  const [authorizationServerMetadata] = issuerMetadata.authorizationServers;
  const answer = vci.parseAndVerifyAuthorizationResponseRedirectUrl({ url: need(job, 'redirected'), authorizationServerMetadata });
  if (answer.error) return { refused: { error: answer.error } };
  if (answer.state !== pending.state) throw new Error('the state is not ours');
  const granted = await oauth2.retrieveAuthorizationCodeAccessToken({
    authorizationServerMetadata,
    authorizationCode: answer.code,
    pkceCodeVerifier: pending.verifier,
    redirectUri: pending.redirectUri,
    dpop: { signer: signerOf(await know(pending.dpopKey)), nonce: pending.dpopNonce },
  });
  return session(pending.issuer, pending.dpopKey, granted, pending.instanceKey);
}

async function refresh(job) {
  const { issuer, dpopKey, dpopNonce, refreshToken, instanceKey } = need(job, 'session');
  const issuerMetadata = await client(job).vci.resolveIssuerMetadata(issuer);
  const { oauth2 } = await attested({ ...job, instanceKey }, issuerMetadata);
  const granted = await oauth2.retrieveRefreshTokenAccessToken({
    authorizationServerMetadata: issuerMetadata.authorizationServers[0],
    refreshToken,
    dpop: { signer: signerOf(await know(dpopKey)), nonce: dpopNonce },
  });
  const renewed = session(issuer, dpopKey, granted, instanceKey);
  renewed.session.refreshToken ??= refreshToken;
  return renewed;
}

async function request(job) {
  const { vci } = client(job);
  const { issuer, accessToken } = need(job, 'session');
  const issuerMetadata = await vci.resolveIssuerMetadata(issuer);
  encryptIfAsked(job, issuerMetadata, 'credential_endpoint');
  const keys = await Promise.all(job.keys?.map(know) ?? Array.from({ length: need(job, 'copies') }, newKey));
  const nonce = job.nonce ?? (await vci.requestNonce({ issuerMetadata })).c_nonce;
  const { credentialResponse, dpop } = await vci.retrieveCredentials({
    issuerMetadata,
    credentialConfigurationId: need(job, 'configuration'),
    proofs: await proofs(job, vci, issuerMetadata, keys, nonce),
    accessToken,
    dpop: await bound(job),
  });
  return { ...issued(credentialResponse), keys, nonce, session: { ...job.session, dpopNonce: dpop?.nonce ?? job.session.dpopNonce } };
}

async function proofs(job, vci, issuerMetadata, keys, nonce) {
  const kind = need(job, 'proof');
  if (kind === 'attestation') return { attestation: [await keyAttestation(job, keys, { nonce, use: 'proof_type.attestation' })] };
  const signing = kind === 'attested' ? keys.slice(0, 1) : keys;
  const keyAttestationJwt = kind === 'attested' ? await keyAttestation(job, keys, { nonce, use: 'proof_type.jwt' }) : undefined;
  const jwt = await Promise.all(signing.map((key) => vci.createCredentialRequestJwtProof({
    issuerMetadata,
    credentialConfigurationId: job.configuration,
    signer: signerOf(key),
    nonce,
    issuedAt: new Date(),
    keyAttestationJwt,
  })));
  return { jwt: jwt.map((proof) => proof.jwt) };
}

async function keyAttestation(job, keys, { nonce, use }) {
  const provider = need(job, 'provider');
  return new Openid4vciWalletProvider({ callbacks: callbacks(job) }).createKeyAttestationJwt({
    attestedKeys: keys.map(publicOf),
    issuedAt: new Date(),
    expiresAt: inAnHour(),
    keyStorage: provider.keyStorage,
    nonce,
    use,
    signer: await providerSigner(provider),
  });
}

async function collect(job) {
  const { vci } = client(job);
  const { issuer, accessToken } = need(job, 'session');
  const issuerMetadata = await vci.resolveIssuerMetadata(issuer);
  encryptIfAsked(job, issuerMetadata, 'deferred_credential_endpoint');
  const withheld = withhold(issuerMetadata.credentialIssuer.deferred_credential_endpoint, 'notification_id');
  const answer = { issuerMetadata, accessToken, transactionId: need(job, 'transactionId'), dpop: await bound(job) };
  const { deferredCredentialResponse } = await vci.retrieveDeferredCredentials(answer);
  return issued({ ...deferredCredentialResponse, ...withheld });
}

async function notify(job) {
  const { vci } = client(job);
  const { issuer, accessToken } = need(job, 'session');
  const issuerMetadata = await vci.resolveIssuerMetadata(issuer);
  const notification = { notificationId: need(job, 'notificationId'), event: need(job, 'event') };
  await vci.sendNotification({ issuerMetadata, accessToken, notification, dpop: await bound(job) });
  return {};
}

function session(issuer, dpopKey, { accessTokenResponse, dpop }, instanceKey) {
  const { access_token: accessToken, refresh_token: refreshToken, token_type: tokenType, expires_in: expiresIn } = accessTokenResponse;
  return { session: { issuer, accessToken, refreshToken, tokenType, expiresIn, dpopKey, dpopNonce: dpop?.nonce, instanceKey } };
}

const bound = async ({ session: { dpopKey, dpopNonce } }) => ({ signer: signerOf(await know(dpopKey)), nonce: dpopNonce });

const issued = ({ credentials, notification_id: notificationId, transaction_id: transactionId, interval }) => ({
  credentials: credentials?.map(({ credential }) => credential),
  notificationId,
  transactionId,
  interval,
});

function encryptIfAsked({ enc }, { credentialIssuer }, endpoint) {
  if (!enc) return;
  const [jwk] = credentialIssuer.credential_request_encryption.jwks.keys;
  encryptAt(credentialIssuer[endpoint], { enc, alg: 'ECDH-ES', jwk });
}

/** The parties of the library without client authentication, which is for the authorization server alone. */
function client(job, clientAuthentication = clientAuthenticationNone({ clientId: CLIENT }), challenge = undefined) {
  const all = { ...callbacks(job, challenge), clientAuthentication };
  return { vci: new Openid4vciClient({ callbacks: all }), oauth2: new Oauth2Client({ callbacks: all }) };
}

function callbacks(job, challenge) {
  const amend = ({ header, payload }) => {
    if (header.typ === 'keyattestation+jwt') return { header: { ...header, typ: 'key-attestation+jwt' }, payload };
    const answers = header.typ === 'oauth-client-attestation-pop+jwt' && challenge;
    return answers ? { header, payload: { ...payload, challenge } } : { header, payload };
  };
  return {
    fetch: fetchWith({ signedMetadata: job.roots !== undefined }),
    hash,
    generateRandom,
    signJwt: signJwt(amend),
    // Without it the library expects no signed metadata.
    verifyJwt: job.roots && verifyJwt(job.roots),
  };
}

/** The same parties as an instance of the provider's wallet, if the job has one. */
async function attested(job, { credentialIssuer, authorizationServers }) {
  if (!job.provider) return client(job);
  const instanceKey = await know(job.instanceKey ?? (await newKey()));
  const { issuer, clientId } = job.provider;
  const signing = callbacks(job);
  const clientAttestationJwt = await new Openid4vciWalletProvider({ callbacks: signing }).createWalletAttestationJwt({
    issuer,
    clientId,
    confirmation: { jwk: publicOf(instanceKey) },
    issuedAt: new Date(),
    expiresAt: inAnHour(),
    signer: await providerSigner(job.provider),
  });
  const challenge = await attestationChallenge(authorizationServers[0], signing.fetch);
  const authentication = (options) => {
    const { signJwt: sign } = callbacks(job, challenge);
    const method = clientAuthenticationClientAttestationJwt({ clientAttestationJwt, callbacks: { ...signing, signJwt: sign } });
    return method(options);
  };
  return { ...client(job, authentication), instanceKey, credentialIssuer };
}

/** Attestation-based client authentication, draft 07 §8: not in the library. */
async function attestationChallenge({ challenge_endpoint: endpoint }, send) {
  if (!endpoint) return undefined;
  const response = await send(endpoint, { method: 'POST' });
  return (await response.json()).attestation_challenge;
}

async function providerSigner({ key, x5c }) {
  await know(key);
  return { method: 'x5c', alg: 'ES256', x5c };
}

const inAnHour = () => new Date(Date.now() + 3_600_000);

/** What the issuer refused, in its own words, is an answer; anything else is an error. */
const traced = (job) => async (parameters) => {
  forget();
  forgetKeys();
  try {
    return { ...(await job(parameters)), trace };
  } catch (error) {
    const response = error.response?.response ?? error.response;
    const body = await response?.clone().json().catch(() => undefined);
    if (!body?.error) throw new Error([error.message, error.cause?.message, ...trace].filter(Boolean).join('; '));
    return { refused: { error: body.error, status: response.status }, trace };
  }
};

const jobs = { metadata, redeem, authorize, exchange, request, collect, notify, refresh };

await run(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, traced(job)])));
