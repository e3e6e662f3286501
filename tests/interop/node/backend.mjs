// An application behind a server that signs people in: it says what it was sent. Jobs:
//
// start  -> url
//        Answers with {headers, asked} until this process ends: what this request had, and what it was asked for until now.

import { createServer } from 'node:http';
import { run } from './job.mjs';

async function start() {
  const asked = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push(url);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ headers, asked }));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  // It ends with the process, and does not hold it.
  server.unref();
  return { url: `http://127.0.0.1:${server.address().port}` };
}

await run({ start });
