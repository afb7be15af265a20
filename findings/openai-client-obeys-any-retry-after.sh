#!/usr/bin/env bash
# The client of OpenAI waits for any `Retry-After`, and repeats at once for one of more than 24.8 days.
#
# Versions: openai 6.49.0 and 7.59.0, Node.js 20.19 and newer.
# Input: a server that answers each request with 429 and `Retry-After: 100`, or `Retry-After: 2592000` (30 days, until the end
#   of a monthly limit). The client has its defaults: two repetitions.
# Expected: the client waits as long as it is told, or throws the RateLimitError when that is too long.
# Seen: 6.49.0 waits for 100 seconds without a sign of it, so a program seems to hang. 30 days in milliseconds do not fit into a
#   timer, which Node.js shortens to 1 ms: the client repeats twice within a second. 7.59.0 does not wait for more than a
#   minute, but repeats twice after its own short time, too. With the header `x-should-retry: false` both throw at once.
# What follows: under /v1 an error with a long `Retry-After` has `X-Should-Retry: false`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json

cat >try.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import OpenAI from 'openai';

async function attempt(headers) {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.writeHead(429, { 'content-type': 'application/json', ...headers });
    response.end('{"error":{"message":"no","type":"rate_limit_error","param":null,"code":"limit"}}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const baseURL = `http://127.0.0.1:${server.address().port}/v1`;
  const client = new OpenAI({ apiKey: 'key', baseURL });
  const call = client.models.list().then(String, (error) => error.constructor.name);
  const waiting = new Promise((resolve) => setTimeout(resolve, 3000, 'still waits after 3 s'));
  const outcome = await Promise.race([call, waiting]);
  console.log(`${JSON.stringify(headers)}: ${outcome}, requests: ${requests}`);
  server.close();
  server.closeAllConnections();
}

await attempt({ 'retry-after': '100' });
await attempt({ 'retry-after': '2592000' });
await attempt({ 'retry-after': '100', 'x-should-retry': 'false' });
process.exit();
JS

seen=$(
  for version in 6.49.0 7.59.0; do
    npm install --silent --no-audit --no-fund --ignore-scripts --save-exact "openai@$version"
    echo "openai $version"
    node --no-warnings try.mjs
  done
)
expected='openai 6.49.0
{"retry-after":"100"}: still waits after 3 s, requests: 1
{"retry-after":"2592000"}: RateLimitError, requests: 3
{"retry-after":"100","x-should-retry":"false"}: RateLimitError, requests: 1
openai 7.59.0
{"retry-after":"100"}: RateLimitError, requests: 3
{"retry-after":"2592000"}: RateLimitError, requests: 3
{"retry-after":"100","x-should-retry":"false"}: RateLimitError, requests: 1'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
