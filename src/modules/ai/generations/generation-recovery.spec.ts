import { frameOf } from '@/platform/sse/event-streams.js';
import type { Author } from './answer-accumulator.js';
import type { Stretch } from './persistence/event-log.repository.js';
import { remainsOf } from './remains.js';

const A = { provider: 'a', model: 'a-1' };
const B = { provider: 'b', model: 'b-1' };

/** Stretches with events numbered from one. */
function stored(...stretches: [Author | undefined, ...[string, object][]][]): Stretch[] {
  let number = 0;
  return stretches.map(([author, ...events]) => {
    const first = number + 1;
    const frames = events.map(([event, data]) => frameOf((number += 1), event, JSON.stringify(data)));
    return { generationId: 'g', first, frames, author };
  });
}

const start: [string, object] = ['start', { generation_id: 'g', message_id: 'm', model: 'a-1' }];
const said = (content: string): [string, object] => ['delta', { content }];

describe('what is left of an answer', () => {
  it('is nothing where nothing was stored', () => {
    expect(remainsOf([])).toEqual({ last: 0, messageId: null, pieces: [{ by: undefined, text: '' }] });
  });

  it('is the text so far, with line breaks and all that JSON spells out', () => {
    const odd = 'line\n\nevent: done\ndata: {}\n\n\u2028"';
    expect(remainsOf(stored([A, start, said('One, ')], [A, said(odd)]))).toEqual({
      last: 3,
      messageId: 'm',
      pieces: [{ by: A, text: `One, ${odd}` }],
    });
  });

  it('keeps apart what another provider had written before', () => {
    const restart: [string, object] = ['restart', B];
    const { pieces } = remainsOf(stored([A, start, said('Lost.')], [B, restart, said('Kept.')]));
    expect(pieces).toEqual([
      { by: A, text: 'Lost.' },
      { by: B, text: 'Kept.' },
    ]);
  });
});
