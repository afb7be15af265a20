#!/usr/bin/env bash
# The client of OpenAI takes a stream that was cut for a complete one.
#
# Versions: openai 6.49.0 and 7.59.0, Node.js 20.19 and newer.
# Input: a streamed chat completion whose body ends, as announced by HTTP, after two chunks of text: without a finish reason and
#   without `data: [DONE]`, once between two events and once within one. A proxy that loses its upstream does the same. The
#   client reads it with `for await`, as its documentation shows.
# Expected: an error, because the answer is not complete.
# Seen: the loop ends like that of a complete answer. 6.49.0 also drops the half of an event, for which 7.59.0 throws a
#   SyntaxError. Only the helper `chat.completions.stream` always throws. An event with an `error` makes both throw an APIError.
# What follows: an answer under /v1 that was cut ends with an event with an `error`, never with the end of the body alone, also
#   when the server shuts down or the access of the client ends.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json

cat >try.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import OpenAI from 'openai';

const event = (content) => {
  const choices = [{ index: 0, delta: { content }, finish_reason: null }];
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`;
};
const begun = event('Do not ') + event('press ');

async function read(body) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = new OpenAI({ apiKey: 'key', baseURL: `http://127.0.0.1:${server.address().port}/v1` });
  const request = { model: 'm', messages: [{ role: 'user', content: 'What must I not press?' }] };
  let text = '';
  try {
    for await (const chunk of await client.chat.completions.create({ ...request, stream: true }))
      text += chunk.choices[0].delta.content;
    text += '(end)';
  } catch (error) {
    text += `(${error.constructor.name})`;
  }
  const helper = await client.chat.completions
    .stream(request)
    .finalContent()
    .catch((error) => error.constructor.name);
  server.close();
  server.closeAllConnections();
  return `${text}, helper: ${helper}`;
}

console.log('between two events:', await read(begun));
console.log('within an event:', await read(begun + event('the red button').slice(0, 40)));
console.log('with an error:', await read(`${begun}data: {"error":{"message":"cut"}}\n\n`));
JS

seen=$(
  for version in 6.49.0 7.59.0; do
    npm install --silent --no-audit --no-fund --ignore-scripts --save-exact "openai@$version"
    echo "openai $version"
    node --no-warnings try.mjs 2>/dev/null
  done
)
expected='openai 6.49.0
between two events: Do not press (end), helper: OpenAIError
within an event: Do not press (end), helper: OpenAIError
with an error: Do not press (APIError), helper: APIError
openai 7.59.0
between two events: Do not press (end), helper: OpenAIError
within an event: Do not press (SyntaxError), helper: OpenAIError
with an error: Do not press (APIError), helper: APIError'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
