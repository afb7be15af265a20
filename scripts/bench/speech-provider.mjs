// A provider of language models and speech for the benchmark of live sessions: each of its three steps waits for `--delay`
// milliseconds and then sends everything at once. Prints its address.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { delay: { type: 'string', default: '100' } } });
const delay = Number(values.delay);

/** A second of PCM16 at 24 kHz. */
const AUDIO = Buffer.alloc(48_000, 1);
const ANSWER = 'Foxes live in woods. They hunt at night.';

const chunk = (delta, finish = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

const answers = {
  '/v1/audio/transcriptions': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ text: 'Tell me about foxes, please.' }));
  },
  '/v1/audio/speech': (response) => {
    response.writeHead(200, { 'content-type': 'audio/pcm' });
    response.end(AUDIO);
  },
  '/v1/chat/completions': (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`${chunk({ role: 'assistant', content: ANSWER })}${chunk({}, 'stop')}data: [DONE]\n\n`);
  },
};

const server = createServer((request, response) => {
  request.resume().on('end', async () => {
    await pause(delay);
    const answer = answers[request.url];
    if (answer) answer(response);
    else response.writeHead(404).end('{}');
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/v1\n`));
