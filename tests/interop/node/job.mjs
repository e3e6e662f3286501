// One job in, one result out: JSON on stdin and stdout, bytes as base64url without padding.
//
//   {ok: true, ...}                     the peer did what it was asked
//   {ok: true, verdict: "refused", ...} the peer looked at a presentation and said no
//   {ok: false, error}                  the peer could not do the job, or the job is malformed
//
// The peers write to stdout on their own (`console.log` in @auth0/mdl), so stdout is kept for the result alone.

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

/** Reads the job, runs the handler that its `job` field names, writes the result. Exits 0 whatever the result is. */
export async function run(handlers) {
  let result;
  try {
    const job = JSON.parse(await stdin());
    const handler = handlers[need(job, 'job')];
    if (!handler) throw new Error(`unknown job "${job.job}"`);
    result = { ok: true, ...(await handler(job)) };
  } catch (error) {
    result = { ok: false, error: error.message };
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

async function stdin() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
