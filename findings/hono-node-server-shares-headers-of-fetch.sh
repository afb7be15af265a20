#!/usr/bin/env bash
# @hono/node-server replaces the global Response by one whose copy of a fetched response shares the immutable headers of the
# original. A gateway that adds headers to such copies, installed today, answers 500 to each stream.
#
# Versions: @hono/node-server 1.14.1, 1.14.2, 1.19.19 and 2.1.9 with hono 4.13.19; @portkey-ai/gateway 1.15.2; Node.js 20.
# Input: `new Response(fetched.body, fetched)`, and `headers.append()` on the copy. The Fetch standard copies the headers of
#   `init` into a list that can be changed. @portkey-ai/gateway depends on @hono/node-server ^1.3.3.
# Expected: the copy takes new headers, whichever server listens in the same process. The gateway streams.
# Seen: with all versions from 1.14.2 up to the last one of major 1, the copy throws `TypeError: immutable` as soon as a
#   listener exists. 1.14.1 and 2.1.9 copy the headers. The gateway as npm installs it answers whole chats, but 500
#   "Something went wrong" to each stream and to the list of models; with 1.14.1 it answers them.
# What follows: a gateway that passes a test with whole answers can fail with streams. This server then reports
#   `provider_failed`; the witness "as installed" shows it. An override of the gateway's dependency repairs it.
set -euo pipefail
folder=$(mktemp -d)
gateway=
stop() {
  [ -z "$gateway" ] || kill "$gateway" 2>/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT
cd "$folder"

cat >copy.mjs <<'JS'
import { getRequestListener } from '@hono/node-server';
import { once } from 'node:events';
import { createServer } from 'node:http';
const server = createServer((_request, response) => response.end('body')).listen(0, '127.0.0.1');
await once(server, 'listening');
getRequestListener(() => new Response('unused'));
const fetched = await fetch(`http://127.0.0.1:${server.address().port}`);
const copy = new Response(fetched.body, fetched);
try {
  copy.headers.append('x-added', 'yes');
  console.log('the copy takes a header');
} catch (error) {
  console.log(`the copy throws ${error}`);
}
process.exit();
JS

# A provider that streams when it is asked to.
cat >provider.mjs <<'JS'
import { createServer } from 'node:http';
import { once } from 'node:events';
const server = createServer(async (request, response) => {
  let text = '';
  for await (const part of request) text += part;
  const streams = text.includes('"stream":true');
  const choice = { index: 0, [streams ? 'delta' : 'message']: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' };
  const body = JSON.stringify({ id: 'a', object: 'chat.completion', created: 1, model: 'm', choices: [choice] });
  response.setHeader('content-type', streams ? 'text/event-stream' : 'application/json');
  response.end(streams ? `data: ${body}\n\ndata: [DONE]\n\n` : body);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
console.log(server.address().port);
const [port] = process.argv.slice(2);
const ask = async (stream) => {
  const headers = {
    'content-type': 'application/json',
    authorization: 'Bearer key',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${server.address().port}/v1`,
  };
  const body = JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content: 'Hi' }] });
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, { method: 'POST', headers, body });
  await response.text();
  return response.status;
};
while (!(await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))) await new Promise((done) => setTimeout(done, 100));
console.log(`the gateway answers whole ${await ask(false)}, streamed ${await ask(true)}`);
process.exit();
JS
sed -i '/^console.log(server.address/d' provider.mjs

install() {
  rm -rf node_modules package-lock.json
  echo "{ \"private\": true, \"dependencies\": $1, \"overrides\": ${2:-{\}} }" >package.json
  npm install --silent --no-audit --no-fund --ignore-scripts
}

seen=$(
  for version in 1.14.1 1.14.2 1.19.19 2.1.9; do
    install "{ \"@hono/node-server\": \"$version\", \"hono\": \"4.13.19\" }"
    echo "$version: $(node copy.mjs)"
  done
)
for version in 1.14.1 1.19.19; do
  install '{ "@portkey-ai/gateway": "1.15.2" }' "{ \"@hono/node-server\": \"$version\", \"hono\": \"4.13.19\" }"
  port=$(node -p 'const s = require("net").createServer().listen(0); const { port } = s.address(); s.close(); port')
  node node_modules/@portkey-ai/gateway/build/start-server.js --headless "--port=$port" >log 2>&1 &
  gateway=$!
  seen+=$'\n'"$version: $(node provider.mjs "$port")"
  kill "$gateway"
  wait "$gateway" 2>/dev/null || true
  gateway=
done
expected='1.14.1: the copy takes a header
1.14.2: the copy throws TypeError: immutable
1.19.19: the copy throws TypeError: immutable
2.1.9: the copy takes a header
1.14.1: the gateway answers whole 200, streamed 200
1.19.19: the gateway answers whole 200, streamed 500'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
