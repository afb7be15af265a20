import { ChatResponse, toUsageResponse } from './chat.response.js';

const ANSWER = {
  requestedName: 'auto',
  model: 'm',
  content: 'Hello.',
  usage: { inputTokens: 3, outputTokens: 4 },
  finishReason: 'stop' as const,
  sources: [{ type: 'note' as const, id: 'n', conversation_id: null, title: 'T', snippet: 'S' }],
  route: [{ provider: 'p', model: 'm', outcome: 'answered' as const, attempts: 1, reason: null }],
};

describe('ChatResponse', () => {
  it('has every documented field', () => {
    expect(ChatResponse.from({ ...ANSWER, messageId: 'id', conversationId: 'c' })).toEqual({
      content: 'Hello.',
      provider: 'auto',
      model: 'm',
      usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
      finish_reason: 'stop',
      message_id: 'id',
      conversation_id: 'c',
      sources: ANSWER.sources,
      route: ANSWER.route,
    });
  });

  it('has null for ids and usage that do not exist', () => {
    expect(ChatResponse.from({ ...ANSWER, usage: null })).toMatchObject({
      usage: null,
      message_id: null,
      conversation_id: null,
    });
  });

  it('has no other field of the answer', () => {
    const answer = { ...ANSWER, internal: 'x' };
    expect(ChatResponse.from(answer)).not.toHaveProperty('internal');
  });
});

describe('toUsageResponse', () => {
  it('adds up input and output', () => {
    expect(toUsageResponse({ inputTokens: 0, outputTokens: 0 }).total_tokens).toBe(0);
    expect(toUsageResponse({ inputTokens: 1e9, outputTokens: 1 }).total_tokens).toBe(1_000_000_001);
  });
});
