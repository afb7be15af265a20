import { type CompletionInfo, sseEvent, isStreaming, type WireProtocol } from './wire-protocol.js';

/** The chat completions API of OpenAI. */
export const openai: WireProtocol = {
  base: '/v1',
  contentType: 'text/event-stream; charset=utf-8',
  keepAlive: ': keep-alive\n\n',
  isStreamingRequest: (_path, body) => isStreaming(body),
  startEvents: (model) => chunkEvent(model, { role: 'assistant', content: '' }),
  token: (content, model) => chunkEvent(model, { content }),
  reasoning: (reasoning_content, model) => chunkEvent(model, { reasoning_content, content: null }),
  endEvents: ({ model, finish, usage }) =>
    chunkEvent(model, {}, finish ?? 'stop') +
    (usage
      ? sseEvent({ ...commonFields(model, 'chat.completion.chunk'), choices: [], usage: usageFields(usage) })
      : '') +
    'data: [DONE]\n\n',
  fullBody: (content, { model, finish, usage }) => ({
    ...commonFields(model, 'chat.completion'),
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: finish ?? 'stop' }],
    ...(usage ? { usage: usageFields(usage) } : {}),
  }),
  error: (error) => `data: ${JSON.stringify({ error })}\n\n`,
  modelList: (names) => ({ object: 'list', data: names.map((id) => ({ id, object: 'model' })) }),
};

function commonFields(model: string, object: string): object {
  return { id: 'chatcmpl-1', object, created: 1764000000, model };
}

function chunkEvent(model: string, delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return sseEvent({ ...commonFields(model, 'chat.completion.chunk'), choices, usage: null });
}

function usageFields({ input, output }: NonNullable<CompletionInfo['usage']>): object {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}
