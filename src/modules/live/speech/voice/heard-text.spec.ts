import fc from 'fast-check';
import { findHeardText, type SpokenSegment } from './heard-text.js';
import { toSpeakableText } from './speakable-text.js';
import { SpeechSplitter } from './speech-splitter.js';
import { estimateVisemes, VISEMES } from './visemes.js';

const segment = fc.record({
  text: fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.lorem({ mode: 'sentences', maxCount: 1 }),
  ),
  samples: fc.nat(400_000),
  isComplete: fc.boolean(),
});

describe('the heard text', () => {
  const SEGMENTS: SpokenSegment[] = [
    { text: 'Hello there. ', samples: 24_000, isComplete: true },
    { text: 'How are you today?', samples: 48_000, isComplete: true },
  ];

  it.each([
    [0, ''],
    [1000, ''],
    [12_000, 'Hello'],
    [24_000, 'Hello there. '],
    [48_000, 'Hello there. How are'],
    [72_000, 'Hello there. How are you today?'],
    [999_999, 'Hello there. How are you today?'],
  ])('after %d samples is %j', (samples, expected) => {
    expect(findHeardText(SEGMENTS, samples)).toBe(expected);
  });

  it('of a sentence whose audio still arrives is not more than was played', () => {
    const long = { text: 'one two three four five six seven eight', samples: 4_800, isComplete: false };
    expect(findHeardText([long], 4_800)).toBe('one');
  });

  it('is always a beginning of the generated text, and never becomes shorter', () => {
    fc.assert(
      fc.property(
        fc.array(segment, { maxLength: 6 }),
        fc.nat(3_000_000),
        fc.nat(500_000),
        (parts, at, more) => {
          const generated = parts.map(({ text }) => text).join('');
          const [heard, later] = [findHeardText(parts, at), findHeardText(parts, at + more)];
          expect(generated.startsWith(heard)).toBe(true);
          expect(later.startsWith(heard)).toBe(true);
        },
      ),
    );
  });
});

describe('speakable text', () => {
  it.each([
    ['**Bold** and `code` [1].', 'Bold and code .'],
    ['- A list item', 'A list item'],
    ['See [the page](https://example.com/x) now', 'See the page now'],
    ['---\n', ''],
    ['  \n', ''],
    ['Half \ud800 pair', 'Half \ufffd pair'],
  ])('of %j is %j', (text, expected) => expect(toSpeakableText(text)).toBe(expected));
});

describe('the parts of an answer that are spoken at once', () => {
  const split = (text: string): string[] => {
    const splitter = new SpeechSplitter();
    const parts = text.match(/\S+\s*/gu) ?? [];
    return [...parts.flatMap((part) => splitter.append(part)), ...splitter.finish()];
  };

  it.each([
    ['Well, yes. It is so, and it stays so.', ['Well, yes.', ' It is so, and it stays so.']],
    [
      'That depends on where you live, on the weather, and on you. Ask again, please.',
      ['That depends on where you live,', ' on the weather, and on you.', ' Ask again, please.'],
    ],
    ['No end', ['No end']],
  ])('of %j are its first clause and its sentences', (text, parts) => expect(split(text)).toEqual(parts));

  it('are together the whole answer', () => {
    const text = fc.array(fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom(', ', '. ', ' and then, ')));
    fc.assert(
      fc.property(text, (deltas) => {
        const splitter = new SpeechSplitter();
        const parts = [...deltas.flatMap((delta) => splitter.append(delta)), ...splitter.finish()];
        expect(parts.join('')).toBe(deltas.join(''));
      }),
    );
  });
});

describe('visemes', () => {
  it('are of the set, in order of time, and end in silence', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.nat(100_000),
        fc.nat(500_000),
        (text, start, samples) => {
          const visemes = estimateVisemes(text, start, samples);
          const times = visemes.map(({ start_ms }) => start_ms);
          expect(times).toEqual(times.toSorted((one, other) => one - other));
          expect(visemes.every(({ viseme }) => (VISEMES as readonly string[]).includes(viseme))).toBe(true);
          expect(visemes.at(-1)?.viseme).toBe('sil');
          expect(times.at(-1)).toBe(Math.round((start + samples) / 24));
        },
      ),
    );
  });

  it('follow the spelling', () => {
    expect(estimateVisemes('The boat', 0, 24_000).map(({ viseme }) => viseme)).toEqual([
      ...['TH', 'E', 'sil', 'PP', 'oh', 'DD', 'sil'],
    ]);
  });
});
