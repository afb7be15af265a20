import { assert, property, string } from 'fast-check';
import { splitIntoSentences } from './sentences.js';

const split = (text: string) => splitIntoSentences(text).map((sentence) => sentence.text);

describe('splitIntoSentences', () => {
  it.each([
    [
      'Dr. Smith arrived at 3 p.m. on Friday. He said hi.',
      ['Dr. Smith arrived at 3 p.m. on Friday.', 'He said hi.'],
    ],
    ['Mr. and Mrs. Brown won. We lost.', ['Mr. and Mrs. Brown won.', 'We lost.']],
    ['Hello! I am Ana.My cat is small.', ['Hello!', 'I am Ana.', 'My cat is small.']],
    ['I use node.js and v2.0 of example.com.', ['I use node.js and v2.0 of example.com.']],
    ['J. R. Brown writes. I read.', ['J. R. Brown writes.', 'I read.']],
    ['First line\nSecond line', ['First line', 'Second line']],
    ['He asked: "Why?" She left.', ['He asked: "Why?"', 'She left.']],
    ['...\n \n?!', []],
    ['', []],
  ])('splits %j', (text, sentences) => {
    expect(split(text)).toEqual(sentences);
  });

  it('returns spans that slice out exactly their text, in order and without overlap', () => {
    assert(
      property(string({ unit: 'grapheme', maxLength: 80 }), (text) => {
        let last = 0;
        for (const { start, end, text: sentence } of splitIntoSentences(text)) {
          expect(text.slice(start, end)).toBe(sentence);
          expect(start).toBeGreaterThanOrEqual(last);
          last = end;
        }
      }),
    );
  });
});
