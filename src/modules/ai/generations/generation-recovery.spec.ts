import { toEventFrame } from '@/platform/sse/event-streams.js';
import type { AnsweringModel } from './answer-accumulator.js';
import { parsePartialAnswer } from './generation-recovery.js';
import type { EventBatch } from './persistence/event-log.repository.js';

const A = { provider: 'a', model: 'a-1' };
const B = { provider: 'b', model: 'b-1' };

/** Stretches with events numbered from one. */
function toEventBatches(...batches: [AnsweringModel | undefined, ...[string, object][]][]): EventBatch[] {
  let number = 0;
  return batches.map(([answeringModel, ...events]) => {
    const first = number + 1;
    const frames = events.map(([event, data]) => toEventFrame((number += 1), event, JSON.stringify(data)));
    return { generationId: 'g', first, frames, answeringModel };
  });
}

const start: [string, object] = ['start', { generation_id: 'g', message_id: 'm', model: 'a-1' }];
const delta = (content: string): [string, object] => ['delta', { content }];

describe('what is left of an answer', () => {
  it('is nothing where nothing was stored', () => {
    expect(parsePartialAnswer([])).toEqual({
      last: 0,
      messageId: null,
      segments: [{ answeringModel: undefined, text: '' }],
    });
  });

  it('is the text so far, with line breaks and all that JSON spells out', () => {
    const odd = 'line\n\nevent: done\ndata: {}\n\n\u2028"';
    expect(parsePartialAnswer(toEventBatches([A, start, delta('One, ')], [A, delta(odd)]))).toEqual({
      last: 3,
      messageId: 'm',
      segments: [{ answeringModel: A, text: `One, ${odd}` }],
    });
  });

  it('keeps apart what another provider had written before', () => {
    const restart: [string, object] = ['restart', B];
    const { segments } = parsePartialAnswer(
      toEventBatches([A, start, delta('Lost.')], [B, restart, delta('Kept.')]),
    );
    expect(segments).toEqual([
      { answeringModel: A, text: 'Lost.' },
      { answeringModel: B, text: 'Kept.' },
    ]);
  });
});
