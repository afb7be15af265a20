#!/usr/bin/env bash
# The client of Google drops an event whose first line is a comment, and ends with an empty answer and no error.
#
# Versions: @google/genai 3.3.0; @anthropic-ai/sdk 1.14.0 and openai 7.59.0 for comparison; Node.js 20.
# Input: a complete answer of two events in the protocol of the client. Each event has one more line that the standard of
#   server-sent events allows: a comment (`: keep-alive`), as gateways add it, or an `id`, before or after the `data`.
# Expected: the same answer in all forms, since a parser ignores comments and these clients do not use ids.
# Seen: the clients of Anthropic and OpenAI read all forms. The client of Google looks for `data:` at the start of an event
#   only, and takes all that follows for JSON: a line before it makes the answer empty without an error, and a line after it
#   throws a SyntaxError. A comment that is followed by an empty line is the only one that it reads.
# What follows: the comments that keep the streams of this server open are followed by an empty line. Its own parser reads
#   all forms, and reports `incomplete_answer` when an answer has no finish reason.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @google/genai@3.3.0 @anthropic-ai/sdk@1.14.0 openai@7.59.0

cat >try.mjs <<'JS'
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { once } from 'node:events';
import { createServer } from 'node:http';
import OpenAI from 'openai';

const message = { id: 'a', type: 'message', role: 'assistant', content: [], model: 'm', stop_reason: null, stop_sequence: null, usage: { input_tokens: 5, output_tokens: 1 } };
const chunk = (delta, finish_reason) => ({ id: 'a', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] });
const candidate = (text, more) => ({ candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...more }] });
const textDelta = (text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
const answers = {
  '/v1/chat/completions': [chunk({ content: 'Never ' }, null), chunk({ content: 'give up.' }, 'stop'), '[DONE]'],
  '/v1/messages': [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    textDelta('Never '),
    textDelta('give up.'),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 3 } },
    { type: 'message_stop' },
  ],
  '/v1/models/m': [candidate('Never '), candidate('give up.', { finishReason: 'STOP' })],
};
const forms = {
  'data only': (data) => `${data}\n`,
  'a comment and an empty line': (data) => `: keep-alive\n\n${data}\n`,
  'a comment before the data': (data) => `: keep-alive\n${data}\n`,
  'an id before the data': (data) => `id: 1\n${data}\n`,
  'an id after the data': (data) => `${data}id: 1\n\n`,
};
function toLines(value) {
  if (typeof value === 'string') return `data: ${value}\n`;
  const event = 'type' in value ? `event: ${value.type}\n` : '';
  return `${event}data: ${JSON.stringify(value)}\n`;
}

let form;
const server = createServer((request, response) => {
  request.resume();
  const path = decodeURIComponent(request.url).split(/:stream|\?/)[0];
  response.setHeader('content-type', 'text/event-stream');
  response.end(answers[path].map((value) => form(toLines(value))).join(''));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}`;

const question = { model: 'm', messages: [{ role: 'user', content: 'Finish: never give up.' }], stream: true };
const google = new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: url } });
const anthropic = new Anthropic({ baseURL: url, apiKey: 'key' });
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'key' });
async function join(stream, toText) {
  let text = '';
  for await (const part of await stream) text += toText(part) ?? '';
  return text;
}
const clients = {
  google: () => join(google.models.generateContentStream({ model: 'm', contents: 'Hi' }), (part) => part.text),
  anthropic: () => join(anthropic.messages.create({ ...question, max_tokens: 9 }), (part) => part.delta?.text),
  openai: () => join(openai.chat.completions.create(question), (part) => part.choices[0]?.delta.content),
};
console.error = () => undefined; // the client of Google logs the chunk that it cannot parse
for (const [name, toEvent] of Object.entries(forms)) {
  form = toEvent;
  const outcomes = [];
  for (const [client, run] of Object.entries(clients))
    outcomes.push(`${client} ${await run().then((text) => `"${text}"`, (error) => `throws a ${error.name}`)}`);
  console.log(`${name}: ${outcomes.join(', ')}`);
}
process.exit();
JS
seen=$(node --no-warnings try.mjs)
expected='data only: google "Never give up.", anthropic "Never give up.", openai "Never give up."
a comment and an empty line: google "Never give up.", anthropic "Never give up.", openai "Never give up."
a comment before the data: google "", anthropic "Never give up.", openai "Never give up."
an id before the data: google "", anthropic "Never give up.", openai "Never give up."
an id after the data: google throws a SyntaxError, anthropic "Never give up.", openai "Never give up."'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
