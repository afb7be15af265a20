// Stands in for the extraction process. The first word of a file says what happens to it.
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const KINDS = [
  'task',
  'bytes',
  'end',
  'progress',
  'text',
  'extracted',
  'chunks',
  'done',
  'failed',
  'crashed',
];
const MESSAGES_FD = 3;
const LIFELINE_FD = 4;

function send(kind, payload) {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(payload.length);
  header.writeUInt8(KINDS.indexOf(kind), 4);
  writeSync(MESSAGES_FD, Buffer.concat([header, payload]));
}

const sendJson = (kind, value) => send(kind, Buffer.from(JSON.stringify(value)));

function chunk(ordinal, content) {
  const place = { ordinal, start: ordinal, end: ordinal + 1, parentStart: 0, parentEnd: 10, page: null };
  return { ...place, headingPath: [], context: 'Title', content };
}

/** `many 300 word`: 300 chunks. After those of `held`, the process sends nothing more. */
async function sendMany(title, text) {
  const [script, count, word] = text.split(/\s/);
  send('text', Buffer.from(text));
  const length = { textLength: text.length, chunkCount: Number(count) };
  sendJson('extracted', { title, language: 'en', warnings: [], ...length });
  for (let from = 0; from < count; from += 64) {
    const ordinals = Array.from({ length: Math.min(64, count - from) }, (_, index) => from + index);
    sendJson(
      'chunks',
      ordinals.map((ordinal) => chunk(ordinal, `${word} number ${ordinal}`)),
    );
  }
  if (script === 'many') sendJson('done', {});
}

async function answer(title, text) {
  switch (text.split(/\s/)[0]) {
    case 'hang':
      return;
    case 'exit':
      return process.exit(3);
    case 'abort':
      return process.kill(process.pid, 'SIGABRT');
    case 'memory':
      writeSync(LIFELINE_FD, 'm');
      return process.kill(process.pid, 'SIGKILL');
    case 'many':
    case 'held':
      return sendMany(title, text);
    default:
      sendJson('progress', { stage: 'chunking', percent: 50 });
      send('text', Buffer.from(text));
      sendJson('extracted', { title, language: 'en', warnings: [], textLength: text.length, chunkCount: 2 });
      sendJson('chunks', [chunk(0, text.slice(0, 1))]);
      if (text.startsWith('slow')) await pause(60_000);
      sendJson('chunks', [chunk(1, text.slice(1, 2))]);
      return sendJson('done', {});
  }
}

let buffered = Buffer.alloc(0);
let title = '';
let bytes = [];
for await (const part of process.stdin) {
  buffered = Buffer.concat([buffered, part]);
  while (buffered.length >= 5 && buffered.length >= 5 + buffered.readUInt32BE(0)) {
    const end = 5 + buffered.readUInt32BE(0);
    const kind = KINDS[buffered.readUInt8(4)];
    const payload = buffered.subarray(5, end);
    buffered = buffered.subarray(end);
    if (kind === 'task') title = JSON.parse(payload.toString()).title;
    if (kind === 'bytes') bytes.push(payload);
    if (kind !== 'end') continue;
    const text = Buffer.concat(bytes).toString();
    bytes = [];
    await answer(title, text);
  }
}
process.exit();
