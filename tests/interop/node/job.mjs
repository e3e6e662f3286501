// Jobs in, results out: JSON on stdin and stdout, one line each; bytes as base64url without padding.
//
//   {ok: true, ...}                     the peer did what it was asked
//   {ok: true, verdict: "refused", ...} the peer looked at a presentation and said no
//   {ok: false, error}                  the peer could not do the job, or the job is malformed
//
// The peers write to stdout on their own (`console.log` in @auth0/mdl), so stdout is kept for the result alone.

import { createInterface } from 'node:readline';

console.log = console.info = console.debug = console.error;

/** Bytes of a base64url string. */
export const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64url'));

/** base64url of bytes. */
export const base64url = (data) => Buffer.from(data).toString('base64url');

/** A job field that must be there. */
export function need(job, field) {
  if (job[field] === undefined || job[field] === null) throw new Error(`job lacks "${field}"`);
  return job[field];
}

/** The verdict of a peer that says no by throwing. */
export async function verdictOf(check) {
  try {
    return { ok: true, verdict: 'accepted', ...(await check()) };
  } catch (error) {
    return { ok: true, verdict: 'refused', reason: error.message };
  }
}

/** Answers every job by the handler that its `job` field names, until stdin ends. */
export async function run(handlers) {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(handlers, line))}\n`);
  }
}

async function answer(handlers, line) {
  try {
    const job = JSON.parse(line);
    const handler = handlers[need(job, 'job')];
    if (!handler) throw new Error(`unknown job "${job.job}"`);
    return { ok: true, ...(await handler(job)) };
  } catch (error) {
    return { ok: false, error: error.message };
  }
}
