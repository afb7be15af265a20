#!/usr/bin/env bash
# aimock cuts an emoji in two when it streams, and programs that write each delta lose it, although the joined answer is right.
#
# Versions: @copilotkit/aimock 1.43.0, openai 6.49.0; Node.js 20.
# Input: an answer with an otter (U+1F9A6) at the end of its first 20 UTF-16 units, asked whole and streamed with the protocols
#   of OpenAI and Ollama, and with the client of OpenAI. The fixture has no size of chunks, whose default is 20.
# Expected: events that contain whole characters, as a model that decodes its tokens sends them.
# Seen: in both protocols one event ends with the first half of the surrogate pair, and the next one begins with the other
#   half. JSON escapes both, so each event is valid. Joining the deltas restores the otter; writing each delta as UTF-8, as
#   the examples of clients do, makes six bytes of two replacement characters of it.
# What follows: this server holds the first half back until the other half has arrived (the quirk "surrogate pair cut
#   between events"), so that each of its deltas is well-formed, also for clients in languages without surrogates.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @copilotkit/aimock@1.43.0 openai@6.49.0

cat >try.mjs <<'JS'
import { LLMock } from '@copilotkit/aimock';
import OpenAI from 'openai';

const mock = new LLMock({ port: 0 });
mock.onMessage('Which animal?', { content: 'Otters juggle well 🦦 and sleep.' });
await mock.start();
const messages = [{ role: 'user', content: 'Which animal?' }];
const client = new OpenAI({ baseURL: `${mock.url}/v1`, apiKey: 'key' });

const whole = await client.chat.completions.create({ model: 'm', messages });
console.log(`whole: ${whole.choices[0].message.content}`);

const deltas = [];
for await (const part of await client.chat.completions.create({ model: 'm', messages, stream: true }))
  deltas.push(part.choices[0]?.delta.content ?? '');
const written = Buffer.concat(deltas.map((delta) => Buffer.from(delta))).toString();
console.log(`OpenAI: ${deltas.filter((delta) => !delta.isWellFormed()).length} deltas are not well-formed`);
console.log(`joined: ${deltas.join('')}`);
console.log(`written one by one: ${written}`);

const response = await fetch(`${mock.url}/api/chat`, { method: 'POST', body: JSON.stringify({ model: 'm', messages }) });
const lines = (await response.text()).trim().split('\n').map((line) => JSON.parse(line).message.content);
console.log(`Ollama: ${lines.filter((line) => !line.isWellFormed()).length} lines are not well-formed`);
await mock.stop();
JS
seen=$(node try.mjs)
expected='whole: Otters juggle well 🦦 and sleep.
OpenAI: 2 deltas are not well-formed
joined: Otters juggle well 🦦 and sleep.
written one by one: Otters juggle well �� and sleep.
Ollama: 2 lines are not well-formed'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
