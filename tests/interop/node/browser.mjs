// A browser without a screen, and its cookies. Jobs:
//
// visit  url, jar, until? (prefix), headers? -> url, status, text, jar, trace [string], form? (action, fields)
//        Follows redirects from the address, and stops before one with that prefix: then `url` is the address, and there is no
//        status. `form` is what the page would post by itself to such an address (OAuth 2.0 Form Post Response Mode).
//        The jar is {} for a new browser, then what came back; cookies belong to a host, as browsers have it, and to no port.
//
// By a socket: `fetch` says of every request that a script makes it (`Sec-Fetch-Mode: cors`), and `node:http` takes no answer
// from mod_auth_openidc 2.4.12 where that refuses, since it goes on talking after it.

import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { need, run } from './job.mjs';

const STEPS = 20;
const NAVIGATION = { accept: 'text/html', 'accept-language': 'ko', 'user-agent': 'Interop', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

async function visit(job) {
  const [jar, trace] = [structuredClone(need(job, 'jar')), []];
  const headers = { ...NAVIGATION, ...job.headers };
  let url = new URL(need(job, 'url'));
  for (let steps = 0; steps < STEPS; steps += 1) {
    if (job.until && url.href.startsWith(job.until)) return { url: url.href, jar, trace };
    const response = await ask(url, headers, jar);
    trace.push(`GET ${url.pathname} ${response.status}`);
    const { location } = response;
    if (!location) return page(url, response, jar, trace, job.until);
    url = new URL(location, url);
  }
  throw new Error(`it goes on and on: ${trace.join(', ')}`);
}

async function ask(url, headers, jar) {
  const cookies = (jar[url.hostname] ??= {});
  const cookie = Object.entries(cookies).filter(([, { path }]) => url.pathname.startsWith(path)).map(([name, { value }]) => `${name}=${value}`).join('; ');
  const response = await exchange(url, { ...headers, ...(cookie && { cookie }) });
  for (const line of response.cookies) keep(cookies, line);
  return response;
}

async function exchange(url, headers) {
  const lines = Object.entries({ host: url.host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(url.port, url.hostname);
  socket.write(`GET ${url.pathname}${url.search} HTTP/1.0\r\n${lines.join('')}\r\n`);
  const all = await buffer(socket);
  const end = all.indexOf('\r\n\r\n');
  const [first, ...fields] = all.subarray(0, end).toString().split('\r\n');
  const of = (wanted) => fields.filter((field) => field.toLowerCase().startsWith(`${wanted}:`)).map((field) => field.slice(wanted.length + 1).trim());
  const [length] = of('content-length');
  const body = all.subarray(end + 4, length && end + 4 + Number(length));
  return { status: Number(first.split(' ')[1]), location: of('location')[0], cookies: of('set-cookie'), text: body.toString() };
}

function keep(cookies, line) {
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
  const path = /;\s*path=([^;]*)/i.exec(line)?.[1] ?? '/';
  if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) delete cookies[name];
  else cookies[name] = { value, path };
}

function page(url, { status, text }, jar, trace, until) {
  const action = /<form method="post" action="([^"]*)">/.exec(text)?.[1];
  const fields = [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  const form = until && action?.startsWith(until) && {
    form: { action, fields: Object.fromEntries(fields.map(([, name, value]) => [name, value.replaceAll('&amp;', '&')])) },
  };
  return { url: url.href, status, text, jar, trace, ...form };
}

await run({ visit });
