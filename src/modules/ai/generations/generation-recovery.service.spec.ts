import { toEventFrame } from '@/platform/sse/index.js';
import { aiErrors } from '../ai.errors.js';
import { buildErrorFrame } from './active-generation.js';
import type { AnsweringModel } from './answer-accumulator.js';
import {
  type PartialAnswer,
  parsePartialAnswer,
  toInterruptedResult,
} from './generation-recovery.service.js';
import type { EventBatch } from './persistence/generation-event.repository.js';
import type { OrphanedGeneration } from './persistence/generation.repository.js';

const A = { provider: 'a', model: 'a-1' };
const B = { provider: 'b', model: 'b-1' };

/** Builds batches whose events are numbered from one. */
function toEventBatches(...batches: [AnsweringModel | undefined, ...[string, object][]][]): EventBatch[] {
  let number = 0;
  return batches.map(([answeringModel, ...events]) => {
    const first = number + 1;
    const frames = events.map(([event, data]) => toEventFrame((number += 1), event, JSON.stringify(data)));
    return { generationId: 'g', first, frames, answeringModel };
  });
}

const start: [string, object] = ['start', { generation_id: 'g', message_id: 'm', model: 'a-1' }];
const restart: [string, object] = ['restart', B];
const delta = (content: string): [string, object] => ['delta', { content }];

describe('parsePartialAnswer', () => {
  it('returns an empty segment without events', () => {
    expect(parsePartialAnswer([])).toEqual({
      last: 0,
      messageId: null,
      segments: [{ answeringModel: undefined, text: '' }],
    });
  });

  it('joins the text of all batches, including line breaks and text that looks like an event', () => {
    const odd = 'line\n\nevent: done\ndata: {}\n\n\u2028"';
    expect(parsePartialAnswer(toEventBatches([A, start, delta('One, ')], [A, delta(odd)]))).toEqual({
      last: 3,
      messageId: 'm',
      segments: [{ answeringModel: A, text: `One, ${odd}` }],
    });
  });

  it('separates the text of each provider', () => {
    const batches = toEventBatches([A, start, delta('Lost.')], [B, restart, delta('Kept.')]);
    expect(parsePartialAnswer(batches).segments).toEqual([
      { answeringModel: A, text: 'Lost.' },
      { answeringModel: B, text: 'Kept.' },
    ]);
  });

  it('separates two providers inside one batch', () => {
    const [, second] = parsePartialAnswer(
      toEventBatches([A, start, delta('Lost.'), restart, delta('Kept.')]),
    ).segments;
    expect(second).toEqual({ answeringModel: B, text: 'Kept.' });
  });

  it('keeps an empty segment of a provider that has sent no text yet', () => {
    const { segments } = parsePartialAnswer(toEventBatches([A, start, delta('Lost.'), restart]));
    expect(segments.at(-1)).toEqual({ answeringModel: B, text: '' });
  });

  it('has no model for text that was stored without one', () => {
    const { segments } = parsePartialAnswer(toEventBatches([undefined, start, delta('Text.')]));
    expect(segments).toEqual([{ answeringModel: undefined, text: 'Text.' }]);
  });

  it('ignores other events', () => {
    const sources: [string, object] = ['sources', { sources: [] }];
    expect(parsePartialAnswer(toEventBatches([A, start, sources, delta('x')]))).toMatchObject({
      last: 3,
      segments: [{ text: 'x' }],
    });
  });

  it('returns the number of the last event of batches with gaps', () => {
    const batches = [
      { generationId: 'g', first: 1, frames: [toEventFrame(1, 'delta', '{"content":"a"}')] },
      { generationId: 'g', first: 50, frames: [toEventFrame(50, 'x', '{}'), toEventFrame(51, 'x', '{}')] },
    ];
    expect(parsePartialAnswer(batches).last).toBe(51);
  });
});

describe('toInterruptedResult', () => {
  const orphan: OrphanedGeneration = {
    id: 'g',
    owner_id: 'u',
    key_id: null,
    organization_id: null,
    conversation_id: 'c',
    reservation_id: 'r',
    input_tokens: 7,
  };
  const partial: PartialAnswer = {
    last: 3,
    messageId: 'm',
    segments: [
      { answeringModel: A, text: 'x'.repeat(8) },
      { answeringModel: B, text: 'kept' },
    ],
  };

  it('has an error event beyond any event that a reader can have received', () => {
    const { first, frames, state } = toInterruptedResult(orphan, partial);
    expect(first).toBe(1_000_003);
    expect(frames).toEqual([buildErrorFrame(first, aiErrors.generation_interrupted(), 'g')]);
    expect(state).toBe('failed');
  });

  it('estimates the usage of every provider, and keeps the text of the last one', () => {
    const { callUsage, message } = toInterruptedResult(orphan, partial);
    expect(callUsage).toEqual([
      { ...A, usage: { inputTokens: 7, outputTokens: 2 } },
      { ...B, usage: { inputTokens: 7, outputTokens: 1 } },
    ]);
    expect(message).toEqual({
      ...B,
      id: 'm',
      content: 'kept',
      finishReason: 'error',
      usage: null,
      sources: [],
    });
  });

  it('counts nothing for the built-in provider and for text without a model', () => {
    const local = { provider: 'local', model: 'local-extractive' };
    const segments = [
      { answeringModel: local, text: 'quotes' },
      { answeringModel: undefined, text: 'text' },
    ];
    expect(toInterruptedResult(orphan, { ...partial, segments }).callUsage).toEqual([]);
  });

  it.each([
    ['without a conversation', { messageId: null }],
    ['without text', { segments: [{ answeringModel: A, text: '' }] }],
    [
      'without text of the last provider',
      { segments: [...partial.segments, { answeringModel: A, text: '' }] },
    ],
    ['without a model', { segments: [{ answeringModel: undefined, text: 'text' }] }],
    ['without segments', { segments: [] }],
  ])('keeps no message %s', (_what, fields) => {
    expect(toInterruptedResult(orphan, { ...partial, ...fields }).message).toBeNull();
  });

  it('bills the organization only for an API key', () => {
    const inOrganization = { ...orphan, organization_id: 'o' as OrphanedGeneration['organization_id'] };
    const billingOwner = (fields: Partial<OrphanedGeneration>): object =>
      toInterruptedResult({ ...inOrganization, ...fields }, partial).billingOwner;
    expect(billingOwner({ key_id: 'k' })).toEqual({ userId: 'u', keyId: 'k', organizationId: 'o' });
    expect(billingOwner({})).toEqual({ userId: 'u', keyId: null, organizationId: null });
  });

  it('releases the reservation and the conversation of the row', () => {
    expect(toInterruptedResult(orphan, partial)).toMatchObject({
      generationId: 'g',
      conversationId: 'c',
      reservationId: 'r',
    });
  });
});
