#!/usr/bin/env bash
# The clients of Anthropic, Google and Ollama and the AI SDK disagree on a stream that ends in the middle of an answer; the
# client of Anthropic even with itself.
#
# Versions: @anthropic-ai/sdk 1.10.0, @google/genai 3.1.0, ollama 0.6.4, ai 7.0.173 with @ai-sdk/openai-compatible 3.0.92.
# Input: a stream in the protocol of the client that ends after `Never give `, without a finish reason and without the last
#   event (`message_stop`, `"done": true`, `[DONE]`). The HTTP body ends normally: a gateway ends it so when it loses the
#   provider (see portkey-ends-a-lost-stream-normally).
# Expected: each client reports that the answer is incomplete, as three of the four protocols have a last event.
# Seen: `messages.create({ stream: true })` of Anthropic and `generateContentStream` of Google end without an error.
#   `messages.stream()` of Anthropic and `chat` of Ollama throw. `streamText` of the AI SDK reports the error to `onError` and
#   as the finish reason `error`, but `text` resolves with the part of the answer.
# What follows: this server never treats the end of a body as the end of an answer, and its own streams end with `done` or
#   `error`. The client of OpenAI: openai-client-takes-a-cut-stream-for-complete.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @anthropic-ai/sdk@1.10.0 @google/genai@3.1.0 ollama@0.6.4 \
  ai@7.0.173 @ai-sdk/openai-compatible@3.0.92

cat >clients.mjs <<'JS'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { streamText } from 'ai';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Ollama } from 'ollama';

const content = 'Never give ';
const data = (value) => `data: ${JSON.stringify(value)}\n\n`;
const message = { id: 'a', type: 'message', role: 'assistant', content: [], model: 'm', stop_reason: null, stop_sequence: null, usage: { input_tokens: 5, output_tokens: 1 } };
const chunk = { id: 'a', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] };
const bodies = {
  '/v1/chat/completions': data(chunk),
  '/v1/messages':
    `event: message_start\n${data({ type: 'message_start', message })}` +
    `event: content_block_start\n${data({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })}` +
    `event: content_block_delta\n${data({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: content } })}`,
  '/v1/models/m': data({ candidates: [{ content: { role: 'model', parts: [{ text: content }] }, index: 0 }] }),
  '/api/chat': `${JSON.stringify({ model: 'm', created_at: '2026-11-27T12:00:00Z', message: { role: 'assistant', content }, done: false })}\n`,
};
const server = createServer((request, response) => {
  request.resume();
  const path = decodeURIComponent(request.url).split(/:stream|\?/)[0];
  response.setHeader('content-type', path === '/api/chat' ? 'application/x-ndjson' : 'text/event-stream');
  response.end(bodies[path]);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}`;

const question = { model: 'm', messages: [{ role: 'user', content: 'Finish: never give up.' }] };
const anthropic = new Anthropic({ baseURL: url, apiKey: 'key' });
const google = new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: url } });
const ollama = new Ollama({ host: url });

async function join(stream, toText) {
  let text = '';
  for await (const part of await stream) text += toText(part) ?? '';
  return text;
}

const clients = {
  'anthropic create': () => join(anthropic.messages.create({ ...question, max_tokens: 9, stream: true }), (part) => part.delta?.text),
  'anthropic stream': () => anthropic.messages.stream({ ...question, max_tokens: 9 }).finalText(),
  'google generateContentStream': () => join(google.models.generateContentStream({ model: 'm', contents: 'Hi' }), (part) => part.text),
  'ollama chat': () => join(ollama.chat({ ...question, stream: true }), (part) => part.message.content),
  'ai streamText': async () => {
    const model = createOpenAICompatible({ name: 'x', baseURL: `${url}/v1` })('m');
    const result = streamText({ model, messages: question.messages, onError: () => undefined });
    return `${await result.text}(${await result.finishReason})`;
  },
};
for (const [name, run] of Object.entries(clients)) {
  const outcome = await run().then((text) => `answers "${text}"`, ({ message }) => `throws: ${message}`);
  console.log(`${name} ${outcome}`);
}
process.exit();
JS
seen=$(node clients.mjs)
expected='anthropic create answers "Never give "
anthropic stream throws: stream ended without producing a Message with role=assistant
google generateContentStream answers "Never give "
ollama chat throws: Did not receive done or success response in stream.
ai streamText answers "Never give (error)"'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
