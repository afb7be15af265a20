import { type CompletionInfo, type WireProtocol, type WireToolCall } from './wire-protocol.js';

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
  toolCall: (call, _position, model) =>
    ndjsonLine({
      model,
      message: { role: 'assistant', content: '', tool_calls: [toOllamaCall(call)] },
      done: false,
    }),
  endEvents: (end) => ndjsonLine(finalBody('', { ...end, toolCalls: [] })),
  fullBody: finalBody,
  error: (error) => ndjsonLine({ error }),
  modelList: (names) => ({ models: names.map((name) => ({ name, model: name })) }),
};

function ndjsonLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** Ollama's calls have no ids. */
function toOllamaCall({ name, arguments: json }: WireToolCall): object {
  return { function: { name, arguments: JSON.parse(json || '{}') as unknown } };
}

function finalBody(content: string, { model, finish, toolCalls, usage }: CompletionInfo): object {
  const counts = usage ? { prompt_eval_count: usage.input, eval_count: usage.output } : {};
  const calls = toolCalls.length === 0 ? {} : { tool_calls: toolCalls.map(toOllamaCall) };
  const message = { role: 'assistant', content, ...calls };
  return { model, message, done: true, done_reason: finish ?? 'stop', ...counts };
}
