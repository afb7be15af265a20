import { buildModelRequest } from '@test/support/fake-provider/provider-fixture.js';
import type { ModelMessage } from '../language-model.js';
import { ALL_CAPABILITIES } from './capabilities.js';
import { AdaptedRequest } from './request-adapter.js';

const TRAITS = { tokenParameters: ['max_tokens', 'max_completion_tokens'] } as const;

function adapt(maxTokens?: number, messages?: ModelMessage[], capabilities = {}): AdaptedRequest {
  const request = buildModelRequest({ maxTokens, ...(messages ? { messages } : {}) });
  return AdaptedRequest.from(request, { ...ALL_CAPABILITIES, ...capabilities }, TRAITS);
}

const size = (largest?: number): Parameters<AdaptedRequest['without']>[0] => ({
  part: 'answer_size',
  largest,
});
const context = (
  contextTokens?: number,
  promptTokens?: number,
): Parameters<AdaptedRequest['without']>[0] => ({
  part: 'context',
  contextTokens,
  promptTokens,
});

describe('AdaptedRequest', () => {
  it('leaves out what is known to be refused', () => {
    expect(adapt(8192, undefined, { maxAnswerTokens: 4096 }).request.maxTokens).toBe(4096);
    expect(adapt(300, undefined, { maxAnswerTokens: 4096 }).request.maxTokens).toBe(300);
    expect(adapt(undefined, undefined, { maxAnswerTokens: 4096 }).request.maxTokens).toBeUndefined();
    expect(adapt(8192, undefined, { contextTokens: 4096 }).request.maxTokens).toBeLessThan(4096);
    expect(adapt(8192, undefined, { contextTokens: 100 }).request.maxTokens).toBe(8192);
  });

  it('changes the name of the limit once', () => {
    const changed = adapt(9).without({ part: 'token_parameter' });
    expect(changed?.tokenParameter).toBe('max_completion_tokens');
    expect(changed?.learnt).toEqual({ tokenParameter: 'max_completion_tokens' });
    expect(changed?.without({ part: 'token_parameter' })).toBeUndefined();
  });

  it.each([
    [8192, 4096, 4096],
    [8192, undefined, 4096],
    [8192, 100, 4096],
    [400, undefined, 256],
    [400, 300, 300],
    [256, undefined, undefined],
    [200, 100, undefined],
  ])('lowers the limit %d, largest %s, to %s', (limit, largest, lowered) => {
    const changed = adapt(limit).without(size(largest));
    expect(changed?.request.maxTokens).toBe(lowered);
    if (lowered !== undefined) expect(changed?.learnt).toEqual({ maxAnswerTokens: lowered });
  });

  it('lowers the answer first when the prompt fits into the context, and learns only the context', () => {
    const changed = adapt(8192).without(context(4096, 100));
    expect(changed?.request).toMatchObject({ maxTokens: 3996, messages: [{ content: 'Hello?' }] });
    expect(changed?.learnt).toEqual({ contextTokens: 4096 });
  });

  it('leaves out the oldest turns, never the instruction and the question', () => {
    const turns = Array.from({ length: 8 }, (_, index): ModelMessage => {
      return { role: index % 2 ? 'assistant' : 'user', content: `${index}`.repeat(100) };
    });
    const messages: ModelMessage[] = [{ role: 'system', content: 'Be brief.' }, ...turns.slice(0, 7)];
    const first = adapt(undefined, messages).without(context());
    const contents = first?.request.messages.map(({ content }) => content[0]);
    expect(contents).toEqual(['B', '4', '5', '6']);
    const second = first?.without(context());
    expect(second?.request.messages.map(({ content }) => content[0])).toEqual(['B', '6']);
    expect(second?.without(context())).toBeUndefined();
    expect(second?.learnt).toEqual({});
  });

  it('has nothing to change when the refused part is not sent', () => {
    expect(adapt().without({ part: 'system_role' })).toBeUndefined();
    expect(adapt().without(size())).toBeUndefined();
    expect(adapt(9, undefined, { streamOptions: false }).without({ part: 'stream_options' })).toBeUndefined();
  });
});
