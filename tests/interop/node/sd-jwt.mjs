// @sd-jwt/sd-jwt-vc as issuer, holder and verifier of `dc+sd-jwt`. Jobs:
//
// issue    issuerKey (JWK), x5c [base64 DER], holderKey (JWK), claims, selective [name], decoys?
//          -> sdJwt
// present  sdJwt, holderKey (private JWK), disclose {name: true | {...}}, nonce, aud, iat?
//          -> presentation
// verify   presentation, issuerKey (JWK), nonce?, at?, statusTokens? {uri: JWT}, statusKey? (JWK), requiredClaims? [name]
//          -> verdict, reason?, claims, keyBinding?
//
// The library leaves the issuer's key, and with it the certificate chain, to a callback of the caller; so does this
// script: the key is the job's. The library has no option for an expected audience. Without `statusTokens` the status
// check is off, since it would go to the network.

import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify as verifySignature } from 'node:crypto';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { base64url, need, run, verdictOf } from './job.mjs';

const hashing = { hasher: (data, alg) => createHash(alg.replace('-', '')).update(data).digest(), hashAlg: 'sha-256' };

async function issue(job) {
  const claims = { ...need(job, 'claims'), cnf: { jwk: need(job, 'holderKey') } };
  const frame = { _sd: need(job, 'selective'), _sd_decoy: job.decoys ?? 0 };
  const issuer = new SDJwtVcInstance({
    ...hashing,
    signer: signerOf(need(job, 'issuerKey')),
    signAlg: 'ES256',
    saltGenerator: (length) => base64url(randomBytes(length)),
  });
  return { sdJwt: await issuer.issue(claims, frame, { header: { x5c: need(job, 'x5c') } }) };
}

async function present(job) {
  const holder = new SDJwtVcInstance({ ...hashing, kbSigner: signerOf(need(job, 'holderKey')), kbSignAlg: 'ES256' });
  const payload = { nonce: need(job, 'nonce'), aud: need(job, 'aud'), iat: job.iat ?? Math.floor(Date.now() / 1000) };
  return { presentation: await holder.present(need(job, 'sdJwt'), need(job, 'disclose'), { kb: { payload } }) };
}

async function verify(job) {
  const verifier = new SDJwtVcInstance({
    ...hashing,
    verifier: verifierOf(need(job, 'issuerKey')),
    kbVerifier: (data, signature, payload) => verifierOf(payload.cnf.jwk)(data, signature),
    statusListFetcher: (uri) => need(job.statusTokens, uri),
    statusVerifier: job.statusKey && verifierOf(job.statusKey),
  });
  return verdictOf(async () => {
    const { payload, kb } = await verifier.verify(need(job, 'presentation'), verifyOptions(job));
    return { claims: payload, keyBinding: kb?.payload };
  });
}

function verifyOptions(job) {
  return {
    currentDate: job.at && Math.floor(Date.parse(job.at) / 1000),
    keyBindingNonce: job.nonce,
    requiredClaimKeys: job.requiredClaims,
    disableStatusVerification: (job.statusTokens ?? undefined) === undefined,
  };
}

// JWS signatures are r || s (RFC 7518 §3.4), which node calls ieee-p1363.
const jws = (key) => ({ key, dsaEncoding: 'ieee-p1363' });

const signerOf = (jwk) => (data) => base64url(sign('sha256', Buffer.from(data), jws(createPrivateKey({ key: jwk, format: 'jwk' }))));

const verifierOf = (jwk) => (data, signature) => verifySignature(
  'sha256',
  Buffer.from(data),
  jws(createPublicKey({ key: jwk, format: 'jwk' })),
  Buffer.from(signature, 'base64url'),
);

await run({ issue, present, verify });
