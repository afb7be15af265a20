import { sseEvent, isStreaming, type WireProtocol } from './wire-protocol.js';

/** The messages API of Anthropic. */
export const anthropic: WireProtocol = {
  base: '',
  contentType: 'text/event-stream; charset=utf-8',
  keepAlive: sseEvent({ type: 'ping' }, 'ping'),
  isStreamingRequest: (_path, body) => isStreaming(body),
  startEvents: (model) =>
    sseEvent(
      { type: 'message_start', message: { ...messageFields(model), stop_reason: null } },
      'message_start',
    ) +
    sseEvent(
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      'content_block_start',
    ),
  token: (text) => contentDelta({ type: 'text_delta', text }),
  reasoning: (thinking) => contentDelta({ type: 'thinking_delta', thinking }),
  endEvents: ({ finish, usage }) =>
    sseEvent({ type: 'content_block_stop', index: 0 }, 'content_block_stop') +
    sseEvent(
      {
        type: 'message_delta',
        delta: { stop_reason: finish ?? 'end_turn', stop_sequence: null },
        ...(usage ? { usage: { input_tokens: usage.input, output_tokens: usage.output } } : {}),
      },
      'message_delta',
    ) +
    sseEvent({ type: 'message_stop' }, 'message_stop'),
  fullBody: (text, { model, finish, usage }) => ({
    ...messageFields(model),
    content: [{ type: 'text', text }],
    stop_reason: finish ?? 'end_turn',
    ...(usage ? { usage: { input_tokens: usage.input, output_tokens: usage.output } } : {}),
  }),
  error: (error) => sseEvent({ type: 'error', error }, 'error'),
  modelList: (names) => ({ data: names.map((id) => ({ id, type: 'model' })) }),
};

function messageFields(model: string): object {
  return { id: 'msg_1', type: 'message', role: 'assistant', model, content: [] };
}

function contentDelta(content: object): string {
  return sseEvent({ type: 'content_block_delta', index: 0, delta: content }, 'content_block_delta');
}
