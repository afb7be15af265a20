import fc from 'fast-check';
import { EventStreamDecoder, type BodyDecoder, JsonLinesDecoder, WholeBodyDecoder } from './body-decoders.js';

type CreateDecoder = (onText: (text: string) => void) => BodyDecoder;

/** What comes out when these bytes come in, cut at these places. */
function decodeInChunks(create: CreateDecoder, bytes: Buffer, cuts: readonly number[]): string[] {
  const texts: string[] = [];
  const decoder = create((text) => texts.push(text));
  let from = 0;
  for (const cut of [...new Set(cuts)].sort((a, b) => a - b)) {
    decoder.feed(bytes.subarray(from, cut));
    from = cut;
  }
  decoder.feed(bytes.subarray(from));
  decoder.end();
  return texts;
}

const events: CreateDecoder = (onText) => new EventStreamDecoder(onText);
const lines: CreateDecoder = (onText) => new JsonLinesDecoder(onText);
const whole: CreateDecoder = (onText) => new WholeBodyDecoder(onText);

const value = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => JSON.stringify(text));
const values = fc.array(value, { minLength: 1, maxLength: 8 });
const ending = fc.constantFrom('\n', '\r\n');

describe('A body that comes in chunks', () => {
  it('means the same wherever it is cut: server-sent events', () => {
    const comment = fc.constantFrom('', ': ping', 'event: x', 'id: 7');
    fc.assert(
      fc.property(values, comment, ending, fc.array(fc.nat(300)), (datas, extra, eol, cuts) => {
        const text = datas.map((data) => `${extra ? extra + eol : ''}data: ${data}${eol}${eol}`).join('');
        expect(decodeInChunks(events, Buffer.from(text), cuts)).toEqual(datas);
      }),
    );
  });

  it('means the same wherever it is cut: lines', () => {
    fc.assert(
      fc.property(values, ending, fc.array(fc.nat(300)), (datas, eol, cuts) => {
        expect(decodeInChunks(lines, Buffer.from(datas.join(eol)), cuts)).toEqual(datas);
      }),
    );
  });

  it.each([
    ['server-sent events', events, 'data: "é€👋🏽𝄞"\n\ndata: "x"\n\n', ['"é€👋🏽𝄞"', '"x"']],
    ['lines', lines, '"é€👋🏽𝄞"\n\n"x"\n', ['"é€👋🏽𝄞"', '"x"']],
    ['one text', whole, '"é€👋🏽𝄞"', ['"é€👋🏽𝄞"']],
  ])('means the same cut at every single byte, and between all bytes: %s', (_, make, text, expected) => {
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut++)
      expect(decodeInChunks(make, bytes, [cut])).toEqual(expected);
    expect(decodeInChunks(make, bytes, Array.from(bytes.keys()))).toEqual(expected);
  });

  it('may begin with a byte order mark, and end without a last line break', () => {
    expect(decodeInChunks(events, Buffer.from('\uFEFFdata: 1\n\ndata: 2'), [1, 2])).toEqual(['1', '2']);
    expect(decodeInChunks(lines, Buffer.from('\uFEFF1\n2'), [1])).toEqual(['1', '2']);
    expect(decodeInChunks(whole, Buffer.from('\uFEFF1'), [1])).toEqual(['1']);
  });

  it.each([
    ['an event', events, 1],
    ['an event of many lines', events, 9],
    ['a line', lines, 1],
    ['a body', whole, 9],
  ])('is refused where %s grows without end', (_, make, megabytes) => {
    const framing = make(() => undefined);
    const line = make === events ? `data: ${'x'.repeat(1000)}\n` : 'x'.repeat(1000);
    const chunk = Buffer.from(megabytes === 1 ? 'x'.repeat(1000) : line);
    const feed = (): void => {
      for (let fed = 0; fed < megabytes * 1.1e6; fed += chunk.length) framing.feed(chunk);
    };
    expect(feed).toThrow('malformed_answer');
  });

  it('may be long, when its events are short', () => {
    let count = 0;
    const framing = new EventStreamDecoder(() => count++);
    for (let fed = 0; fed < 20_000; fed++) framing.feed(Buffer.from(`data: ${'x'.repeat(200)}\n\n`));
    expect(count).toBe(20_000);
  });
});
