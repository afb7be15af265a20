#!/usr/bin/env bash
# The Portkey gateway ends the stream of an answer normally when it loses the connection to the provider.
#
# Versions: @portkey-ai/gateway 1.15.2 with @hono/node-server 1.14.1 and hono 4.13.19; Node.js 20.
# Input: a provider that sends three events of an answer and then destroys the connection, as a provider does that restarts.
#   The same request is sent to the provider and to the gateway before it.
# Expected: the gateway destroys its connection too, or sends an error, so that the client sees that the answer was cut.
# Seen: the client of the provider gets an error. The client of the gateway gets status 200 and a body that ends normally
#   with a prefix of the answer: no error, no finish reason, no `[DONE]`. The length of the prefix depends on timing.
# What follows: behind a gateway only the protocol says whether an answer is complete, never the end of the body. Several
#   clients overlook that (see clients-disagree-on-a-cut-stream). This server reports `incomplete_answer`.
set -euo pipefail
folder=$(mktemp -d)
gateway=
stop() {
  [ -z "$gateway" ] || kill "$gateway" 2>/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT
cd "$folder"
cat >package.json <<'JSON'
{
  "private": true,
  "dependencies": { "@portkey-ai/gateway": "1.15.2" },
  "overrides": { "@hono/node-server": "1.14.1", "hono": "4.13.19" }
}
JSON
npm install --silent --no-audit --no-fund --ignore-scripts
port=$(node -p 'const s = require("net").createServer().listen(0); const { port } = s.address(); s.close(); port')
node node_modules/@portkey-ai/gateway/build/start-server.js --headless "--port=$port" >log 2>&1 &
gateway=$!

cat >client.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
const provider = createServer(async (request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const content of ['One ', 'two ', 'three ']) {
    const choices = [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }];
    response.write(`data: ${JSON.stringify({ id: 'a', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`);
    await pause(200);
  }
  response.destroy();
}).listen(0, '127.0.0.1');
await once(provider, 'listening');
const direct = `http://127.0.0.1:${provider.address().port}/v1`;
const gateway = `http://127.0.0.1:${process.argv[2]}/v1`;
while (!(await fetch(gateway).catch(() => undefined))) await pause(100);

const headers = {
  'content-type': 'application/json',
  authorization: 'Bearer key',
  'x-portkey-provider': 'openai',
  'x-portkey-custom-host': direct,
};
const body = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Count to ten.' }] });
for (const [name, url] of Object.entries({ provider: direct, gateway })) {
  let text = '';
  let end = 'ends normally';
  const response = await fetch(`${url}/chat/completions`, { method: 'POST', headers, body });
  try {
    const decoder = new TextDecoder();
    for await (const bytes of response.body) text += decoder.decode(bytes, { stream: true });
  } catch {
    end = 'fails';
  }
  const has = (part) => (text.includes(part) ? 'with' : 'without');
  const start = `${has('One ')} the start of the answer`;
  console.log(`${name}: ${response.status}, the body ${end}, ${start}, ${has('"stop"')} a finish reason, ${has('[DONE]')} [DONE], ${has('error')} an error`);
}
process.exit();
JS
seen=$(node client.mjs "$port")
expected='provider: 200, the body fails, with the start of the answer, without a finish reason, without [DONE], without an error
gateway: 200, the body ends normally, with the start of the answer, without a finish reason, without [DONE], without an error'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
