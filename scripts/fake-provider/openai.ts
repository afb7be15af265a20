import { type Ending, event, isStreaming, type Protocol } from './wire-protocol.js';

/** OpenAI's chat completions. */
export const openai: Protocol = {
  base: '/v1',
  contentType: 'text/event-stream; charset=utf-8',
  ping: ': keep-alive\n\n',
  streams: (_path, body) => isStreaming(body),
  opening: (model) => chunk(model, { role: 'assistant', content: '' }),
  token: (content, model) => chunk(model, { content }),
  thought: (reasoning_content, model) => chunk(model, { reasoning_content, content: null }),
  closing: ({ model, finish, usage }) =>
    chunk(model, {}, finish ?? 'stop') +
    (usage ? event({ ...head(model, 'chat.completion.chunk'), choices: [], usage: counts(usage) }) : '') +
    'data: [DONE]\n\n',
  whole: (content, { model, finish, usage }) => ({
    ...head(model, 'chat.completion'),
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: finish ?? 'stop' }],
    ...(usage ? { usage: counts(usage) } : {}),
  }),
  error: (error) => `data: ${JSON.stringify({ error })}\n\n`,
  models: (names) => ({ object: 'list', data: names.map((id) => ({ id, object: 'model' })) }),
};

function head(model: string, object: string): object {
  return { id: 'chatcmpl-1', object, created: 1764000000, model };
}

function chunk(model: string, delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return event({ ...head(model, 'chat.completion.chunk'), choices, usage: null });
}

function counts({ input, output }: NonNullable<Ending['usage']>): object {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}
