// How the wallet's requests leave, and what the library cannot do by itself: ask for signed metadata (it sends no `Accept`),
// encrypt credential requests and decrypt their responses (OpenID4VCI 1.0 §10; by `jose`). Every exchange is noted.

import { CompactEncrypt, compactDecrypt } from 'jose';
import { joseKey, newKey, publicOf } from './wallet-keys.mjs';

/** What was sent and answered: `POST /token 400 use_dpop_nonce`. */
export const trace = [];

const encrypted = new Map();
const withheld = new Map();

/** Forgets what was noted and asked for. */
export function forget() {
  trace.length = 0;
  encrypted.clear();
  withheld.clear();
}

/** Encrypts all further requests to the URL, and its responses: `enc` is asked for, `jwk` and `kid` are the issuer's. */
export function encryptAt(url, options) {
  encrypted.set(url, options);
}

/** Takes a member out of all further responses of the URL; it then stands in the returned object. */
export function withhold(url, member) {
  const members = {};
  withheld.set(url, { member, members });
  return members;
}

/** `fetch` for the library. */
export const fetchWith = ({ signedMetadata }) => async (url, init = {}) => {
  const headers = new Headers(init.headers);
  if (String(url).includes('/.well-known/openid-credential-issuer')) {
    headers.set('accept', signedMetadata ? 'application/jwt' : 'application/json');
  }
  return withoutMember(String(url), await exchanged(url, { ...init, headers }));
};

async function exchanged(url, init) {
  const options = encrypted.get(String(url));
  if (!options) return noted(url, init);
  const own = await newKey();
  init.headers.set('content-type', 'application/jwt');
  return decrypted(await noted(url, { ...init, body: await encrypt(init.body, own, options) }), own);
}

async function withoutMember(url, response) {
  const option = withheld.get(url);
  if (!option || !response.ok) return response;
  const { [option.member]: taken, ...rest } = await response.json();
  if (taken !== undefined) option.members[option.member] = taken;
  return new Response(JSON.stringify(rest), { status: response.status, headers: response.headers });
}

async function encrypt(body, own, { enc, alg, jwk }) {
  const request = { ...JSON.parse(body), credential_response_encryption: { jwk: { ...publicOf(own), alg, use: 'enc' }, enc } };
  return new CompactEncrypt(Buffer.from(JSON.stringify(request)))
    .setProtectedHeader({ alg, enc, kid: jwk.kid })
    .encrypt(await joseKey(jwk, alg));
}

/** The response as it would be in the clear. Errors come unencrypted (§8.3.1.2). */
async function decrypted(response, own) {
  if (!response.ok) return response;
  const type = response.headers.get('content-type');
  if (type !== 'application/jwt') throw new Error(`an encrypted response is application/jwt, not ${type}`);
  const { plaintext } = await compactDecrypt(await response.text(), await joseKey(own, 'ECDH-ES'));
  const headers = new Headers(response.headers);
  headers.set('content-type', 'application/json');
  return new Response(plaintext, { status: response.status, headers });
}

async function noted(url, init) {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const type = response.headers.get('content-type') ?? '';
  const body = type.startsWith('application/json') ? await response.clone().json() : {};
  const words = [init.method ?? 'GET', new URL(url).pathname, response.status, body.error, type.startsWith('application/jwt') && 'jwt'];
  trace.push(words.filter(Boolean).join(' '));
  return response;
}
