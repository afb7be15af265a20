import { type CompletionInfo, sseEvent, isStreaming, toPieces, type WireProtocol } from './wire-protocol.js';

/** The chat completions API of OpenAI. */
export const openai: WireProtocol = {
  base: '/v1',
  contentType: 'text/event-stream; charset=utf-8',
  keepAlive: ': keep-alive\n\n',
  isStreamingRequest: (_path, body) => isStreaming(body),
  startEvents: (model) => chunkEvent(model, { role: 'assistant', content: '' }),
  token: (content, model) => chunkEvent(model, { content }),
  reasoning: (reasoning_content, model) => chunkEvent(model, { reasoning_content, content: null }),
  toolCall: ({ id, name, arguments: json }, index, model) =>
    chunkEvent(model, {
      tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }],
    }) +
    toPieces(json)
      .map((piece) => chunkEvent(model, { tool_calls: [{ index, function: { arguments: piece } }] }))
      .join(''),
  endEvents: ({ model, finish, toolCalls, ...counts }) =>
    chunkEvent(model, {}, finish ?? (toolCalls.length > 0 ? 'tool_calls' : 'stop')) +
    (counts.usage
      ? sseEvent({ ...commonFields(model, 'chat.completion.chunk'), choices: [], ...usageFields(counts) })
      : '') +
    'data: [DONE]\n\n',
  fullBody: (content, { model, finish, toolCalls, ...counts }) => {
    const calls = toolCalls.map(({ id, ...called }) => ({ id, type: 'function', function: called }));
    const message =
      calls.length === 0
        ? { role: 'assistant', content }
        : { role: 'assistant', content: content || null, tool_calls: calls };
    const finish_reason = finish ?? (calls.length > 0 ? 'tool_calls' : 'stop');
    return {
      ...commonFields(model, 'chat.completion'),
      choices: [{ index: 0, message, finish_reason }],
      ...usageFields(counts),
    };
  },
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

function usageFields({ usage, usageFields }: Pick<CompletionInfo, 'usage' | 'usageFields'>): object {
  if (usageFields || !usage) return usageFields ?? {};
  const { input, output } = usage;
  return { usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output } };
}
