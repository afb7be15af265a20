import { type Ending, type Protocol } from './wire-protocol.js';

/** Ollama's chat. */
export const ollama: Protocol = {
  base: '',
  contentType: 'application/x-ndjson',
  ping: '\n',
  streams: (_path, body) =>
    !(typeof body === 'object' && body !== null && 'stream' in body && body.stream === false),
  opening: () => '',
  token: (content, model) => line({ model, message: { role: 'assistant', content }, done: false }),
  thought: (thinking, model) =>
    line({ model, message: { role: 'assistant', content: '', thinking }, done: false }),
  closing: (end) => line(done('', end)),
  whole: done,
  error: (error) => line({ error }),
  models: (names) => ({ models: names.map((name) => ({ name, model: name })) }),
};

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function done(content: string, { model, finish, usage }: Ending): object {
  const counts = usage ? { prompt_eval_count: usage.input, eval_count: usage.output } : {};
  const message = { role: 'assistant', content };
  return { model, message, done: true, done_reason: finish ?? 'stop', ...counts };
}
