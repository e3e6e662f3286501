// oidc-provider as the OpenID provider at which citizens sign in, and a browser without a screen. Jobs:
//
// start     -> issuer
//           It answers until this process ends. It has no client yet.
// register  issuer, client (RFC 7591 metadata)
//           The one client that it has from now on. Any worker may do this, and the next.
// browse    url, until (prefix), citizen? -> redirected, trace [string]
//           Follows redirects with cookies. At the provider's page the citizen signs in, or declines if there is none.

import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import { need, run } from './job.mjs';

async function start() {
  const site = { answer: (_, response) => response.writeHead(503).end() };
  const server = createServer((request, response) => answer(site, request, response));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  site.issuer = `http://127.0.0.1:${server.address().port}`;
  return { issuer: site.issuer };
}

async function register(job) {
  const response = await fetch(`${need(job, 'issuer')}/client`, { method: 'PUT', body: JSON.stringify(need(job, 'client')) });
  if (response.status !== 204) throw new Error(await response.text());
  return {};
}

async function answer(site, request, response) {
  try {
    const [, place, uid] = request.url.split('/');
    if (place === 'client') await register_at(site, JSON.parse(await body(request)), response);
    else if (place === 'interaction') await interact(site, uid, request, response);
    else site.answer(request, response);
  } catch (error) {
    response.writeHead(500).end(String(error.stack));
  }
}

async function register_at(site, client, response) {
  site.provider = new Provider(site.issuer, {
    clients: [client],
    jwks: { keys: [await key('RS256'), await key('ES256')] },
    cookies: { keys: ['a secret of the test'] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    loadExistingGrant: granted,
  });
  site.answer = site.provider.callback();
  response.writeHead(204).end();
}

async function key(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: alg };
}

/** Who signs in agrees: the client is the state. */
async function granted(ctx) {
  const { client, session, provider } = ctx.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid');
  await grant.save();
  return grant;
}

async function interact(site, uid, request, response) {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<form method="post" action="/interaction/${uid}"></form>`);
    return;
  }
  const citizen = new URLSearchParams(await body(request)).get('citizen');
  const declined = { error: 'access_denied', error_description: 'the citizen declined' };
  await site.provider.interactionFinished(request, response, citizen ? { login: { accountId: citizen } } : declined);
}

async function body(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

async function browse(job) {
  const [jar, trace, until] = [new Map(), [], need(job, 'until')];
  let [url, init] = [need(job, 'url'), {}];
  for (let steps = 0; steps < 20; steps += 1) {
    if (url.startsWith(until)) return { redirected: url, trace };
    const response = await visit(url, init, jar);
    trace.push(`${init.method ?? 'GET'} ${new URL(url).pathname.split('/')[1]} ${response.status}`);
    if (response.headers.has('location')) {
      [url, init] = [new URL(response.headers.get('location'), url).href, {}];
    } else if (response.status === 200 && url.includes('/interaction/')) {
      init = { method: 'POST', body: new URLSearchParams(job.citizen ? { citizen: job.citizen } : {}) };
    } else {
      return { page: { status: response.status, text: await response.text() }, trace };
    }
  }
  throw new Error(`it goes on and on: ${trace.join(', ')}`);
}

async function visit(url, init, jar) {
  const { origin } = new URL(url);
  const cookies = jar.get(origin) ?? new Map();
  jar.set(origin, cookies);
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie } });
  for (const line of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
    if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) cookies.delete(name);
    else cookies.set(name, value);
  }
  return response;
}

await run({ start, register, browse });
