// The keys of a wallet and of its provider, and the callbacks by which @openid4vc signs, hashes and verifies with them.

import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify, X509Certificate } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import { base64url } from './job.mjs';

const PRIVATE = new Map();

/** Forgets the keys of the job before. */
export const forgetKeys = () => PRIVATE.clear();

/** A new P-256 key as private JWK, known to `signJwt`. */
export async function newKey() {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return know(await exportJWK(privateKey));
}

/** Lets `signJwt` sign with a private JWK of an earlier job. */
export async function know(jwk) {
  PRIVATE.set(await calculateJwkThumbprint(jwk), jwk);
  return jwk;
}

/** The public half, as it stands in headers. */
export const publicOf = ({ kty, crv, x, y }) => ({ kty, crv, x, y });

/** How the library names a signer whose public key stands in the header. */
export const signerOf = (jwk) => ({ method: 'jwk', alg: 'ES256', publicJwk: publicOf(jwk) });

/** Signs with the private key that belongs to the signer. `amend` may change the header and the payload first. */
export const signJwt = (amend) => async (signer, { header, payload }) => {
  const key = PRIVATE.get(await calculateJwkThumbprint(await publicKeyOf(signer)));
  if (!key) throw new Error(`no key for a ${header.typ}`);
  const amended = amend({ header, payload });
  const data = [amended.header, amended.payload].map((part) => base64url(JSON.stringify(part))).join('.');
  const signature = sign('sha256', Buffer.from(data), jws(createPrivateKey({ key, format: 'jwk' })));
  return { jwt: `${data}.${base64url(signature)}`, signerJwk: publicOf(key) };
};

/** Verifies what a certificate below one of the roots, or a bare key, signed. */
export const verifyJwt = (roots) => async (signer, { compact }) => {
  if (signer.method === 'x5c' && !leadsTo(signer.x5c, roots)) return { verified: false };
  const signerJwk = await publicKeyOf(signer);
  const [header, payload, signature] = compact.split('.');
  const key = jws(createPublicKey({ key: signerJwk, format: 'jwk' }));
  const verified = verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
  return { verified, signerJwk };
};

export const hash = (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest();

export const generateRandom = (length) => randomBytes(length);

/** A key for `jose`. */
export const joseKey = (jwk, algorithm) => importJWK(jwk, algorithm);

async function publicKeyOf(signer) {
  if (signer.method === 'jwk') return signer.publicJwk;
  if (signer.method === 'x5c') return publicOf(certificate(signer.x5c[0]).publicKey.export({ format: 'jwk' }));
  throw new Error(`a signer by ${signer.method}`);
}

/** HAIP 1.0 §4.1: the trust anchor stands outside of `x5c`. */
function leadsTo(x5c, roots) {
  const chain = x5c.map(certificate);
  const linked = chain.slice(1).every((issuer, index) => chain[index].verify(issuer.publicKey));
  return linked && roots.some((root) => chain.at(-1).verify(new X509Certificate(root).publicKey));
}

const certificate = (der) => new X509Certificate(Buffer.from(der, 'base64'));

// JWS signatures are r || s (RFC 7518 §3.4), which node calls ieee-p1363.
const jws = (key) => ({ key, dsaEncoding: 'ieee-p1363' });
