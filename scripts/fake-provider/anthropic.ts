import { sseEvent, isStreaming, toPieces, type WireProtocol, type WireToolCall } from './wire-protocol.js';

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
  toolCall: (call, position) => {
    const index = position + 1;
    const content_block = { ...toolUse(call), input: {} };
    const pieces = toPieces(call.arguments).map((partial_json) => {
      const delta = { type: 'input_json_delta', partial_json };
      return sseEvent({ type: 'content_block_delta', index, delta }, 'content_block_delta');
    });
    return (
      sseEvent({ type: 'content_block_start', index, content_block }, 'content_block_start') +
      pieces.join('') +
      sseEvent({ type: 'content_block_stop', index }, 'content_block_stop')
    );
  },
  endEvents: ({ finish, toolCalls, usage }) =>
    sseEvent({ type: 'content_block_stop', index: 0 }, 'content_block_stop') +
    sseEvent(
      {
        type: 'message_delta',
        delta: { stop_reason: finish ?? usualReason(toolCalls), stop_sequence: null },
        ...(usage ? { usage: { input_tokens: usage.input, output_tokens: usage.output } } : {}),
      },
      'message_delta',
    ) +
    sseEvent({ type: 'message_stop' }, 'message_stop'),
  fullBody: (text, { model, finish, toolCalls, usage }) => ({
    ...messageFields(model),
    content: [
      ...(text === '' && toolCalls.length > 0 ? [] : [{ type: 'text', text }]),
      ...toolCalls.map(toolUse),
    ],
    stop_reason: finish ?? usualReason(toolCalls),
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

function toolUse({ id, name, arguments: json }: WireToolCall): object {
  return { type: 'tool_use', id, name, input: JSON.parse(json || '{}') as unknown };
}

function usualReason(toolCalls: readonly WireToolCall[]): string {
  return toolCalls.length > 0 ? 'tool_use' : 'end_turn';
}
