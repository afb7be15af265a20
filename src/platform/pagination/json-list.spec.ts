import fc from 'fast-check';
import { JsonList } from './json-list.js';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc
    .tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.integer({ min: 1, max: 20_000 }))
    .map(([text, times]) => text.repeat(times).slice(0, 40_000)),
);

describe('JsonList', () => {
  it('is the array of its rows, as a text and in pieces', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 8 }), (texts) => {
        const list = new JsonList(texts.map((text) => JSON.stringify({ text })));
        expect(JSON.parse(list.toString())).toEqual(texts.map((text) => ({ text })));
        expect([...list.pieces()].join('')).toBe(list.toString());
        expect(list.byteLength).toBe(Buffer.byteLength(list.toString()));
      }),
    );
  });

  it('sends small rows in few pieces and a large row without a copy', () => {
    const small = '{"text":"small"}';
    const large = JSON.stringify('x'.repeat(100_000));
    expect([...new JsonList(Array.from({ length: 100 }, () => small)).pieces()]).toHaveLength(1);
    expect([...new JsonList([small, large, small]).pieces()]).toContain(large);
  });
});
