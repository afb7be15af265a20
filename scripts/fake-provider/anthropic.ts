import { event, isStreaming, type Protocol } from './wire-protocol.js';

/** Anthropic's messages. */
export const anthropic: Protocol = {
  base: '',
  contentType: 'text/event-stream; charset=utf-8',
  ping: event({ type: 'ping' }, 'ping'),
  streams: (_path, body) => isStreaming(body),
  opening: (model) =>
    event({ type: 'message_start', message: { ...message(model), stop_reason: null } }, 'message_start') +
    event(
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      'content_block_start',
    ),
  token: (text) => delta({ type: 'text_delta', text }),
  thought: (thinking) => delta({ type: 'thinking_delta', thinking }),
  closing: ({ finish, usage }) =>
    event({ type: 'content_block_stop', index: 0 }, 'content_block_stop') +
    event(
      {
        type: 'message_delta',
        delta: { stop_reason: finish ?? 'end_turn', stop_sequence: null },
        ...(usage ? { usage: { input_tokens: usage.input, output_tokens: usage.output } } : {}),
      },
      'message_delta',
    ) +
    event({ type: 'message_stop' }, 'message_stop'),
  whole: (text, { model, finish, usage }) => ({
    ...message(model),
    content: [{ type: 'text', text }],
    stop_reason: finish ?? 'end_turn',
    ...(usage ? { usage: { input_tokens: usage.input, output_tokens: usage.output } } : {}),
  }),
  error: (error) => event({ type: 'error', error }, 'error'),
  models: (names) => ({ data: names.map((id) => ({ id, type: 'model' })) }),
};

function message(model: string): object {
  return { id: 'msg_1', type: 'message', role: 'assistant', model, content: [] };
}

function delta(content: object): string {
  return event({ type: 'content_block_delta', index: 0, delta: content }, 'content_block_delta');
}
