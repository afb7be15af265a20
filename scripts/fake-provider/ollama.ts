import { type CompletionInfo, type WireProtocol } from './wire-protocol.js';

/** The chat API of Ollama. */
export const ollama: WireProtocol = {
  base: '',
  contentType: 'application/x-ndjson',
  keepAlive: '\n',
  isStreamingRequest: (_path, body) =>
    !(typeof body === 'object' && body !== null && 'stream' in body && body.stream === false),
  startEvents: () => '',
  token: (content, model) => ndjsonLine({ model, message: { role: 'assistant', content }, done: false }),
  reasoning: (thinking, model) =>
    ndjsonLine({ model, message: { role: 'assistant', content: '', thinking }, done: false }),
  endEvents: (end) => ndjsonLine(finalBody('', end)),
  fullBody: finalBody,
  error: (error) => ndjsonLine({ error }),
  modelList: (names) => ({ models: names.map((name) => ({ name, model: name })) }),
};

function ndjsonLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function finalBody(content: string, { model, finish, usage }: CompletionInfo): object {
  const counts = usage ? { prompt_eval_count: usage.input, eval_count: usage.output } : {};
  const message = { role: 'assistant', content };
  return { model, message, done: true, done_reason: finish ?? 'stop', ...counts };
}
