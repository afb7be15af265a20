import fc from 'fast-check';
import { EventStreamDecoder, type BodyDecoder, JsonLinesDecoder, WholeBodyDecoder } from './body-decoders.js';

type CreateDecoder = (onText: (text: string) => void) => BodyDecoder;

/** Returns the payloads of a body that arrives in chunks with these ends. */
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

describe('body decoders', () => {
  it('decode server-sent events the same way, wherever chunks end', () => {
    const comment = fc.constantFrom('', ': ping', 'event: x', 'id: 7');
    fc.assert(
      fc.property(values, comment, ending, fc.array(fc.nat(300)), (datas, extra, eol, cuts) => {
        const text = datas.map((data) => `${extra ? extra + eol : ''}data: ${data}${eol}${eol}`).join('');
        expect(decodeInChunks(events, Buffer.from(text), cuts)).toEqual(datas);
      }),
    );
  });

  it('decode lines the same way, wherever chunks end', () => {
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
  ])(
    'decode %s the same way for chunks that end at every byte, and for chunks of one byte',
    (_, create, text, expected) => {
      const bytes = Buffer.from(text);
      for (let cut = 0; cut <= bytes.length; cut++)
        expect(decodeInChunks(create, bytes, [cut])).toEqual(expected);
      expect(decodeInChunks(create, bytes, Array.from(bytes.keys()))).toEqual(expected);
    },
  );

  it('skip a byte order mark, and accept a missing last line break', () => {
    expect(decodeInChunks(events, Buffer.from('\uFEFFdata: 1\n\ndata: 2'), [1, 2])).toEqual(['1', '2']);
    expect(decodeInChunks(lines, Buffer.from('\uFEFF1\n2'), [1])).toEqual(['1', '2']);
    expect(decodeInChunks(whole, Buffer.from('\uFEFF1'), [1])).toEqual(['1']);
  });

  it.each([
    ['an event', events, 1],
    ['an event of many lines', events, 9],
    ['a line', lines, 1],
    ['a body', whole, 9],
  ])('throw malformed_answer when %s is too long', (_, create, megabytes) => {
    const decoder = create(() => undefined);
    const line = create === events ? `data: ${'x'.repeat(1000)}\n` : 'x'.repeat(1000);
    const chunk = Buffer.from(megabytes === 1 ? 'x'.repeat(1000) : line);
    const feed = (): void => {
      for (let fed = 0; fed < megabytes * 1.1e6; fed += chunk.length) decoder.feed(chunk);
    };
    expect(feed).toThrow('malformed_answer');
  });

  it('accept a long body of short events', () => {
    let count = 0;
    const decoder = new EventStreamDecoder(() => count++);
    for (let fed = 0; fed < 20_000; fed++) decoder.feed(Buffer.from(`data: ${'x'.repeat(200)}\n\n`));
    expect(count).toBe(20_000);
  });

  it('skip comments, other fields, and events without data', () => {
    const body = ': ping\n\nevent: x\n\nid: 1\nretry: 5\n\ndata\n\ndata: 1\nevent: y\n\ndata: a\ndata: b\n\n';
    expect(decodeInChunks(events, Buffer.from(body), [])).toEqual(['', '1', 'a\nb']);
  });

  it('skip empty lines', () => {
    expect(decodeInChunks(lines, Buffer.from('\n \r\n1\n\n\t2 \n'), [3])).toEqual(['1', '2']);
  });

  it('decode an empty body as no event, no line, and an empty text', () => {
    expect(decodeInChunks(events, Buffer.alloc(0), [])).toEqual([]);
    expect(decodeInChunks(lines, Buffer.alloc(0), [])).toEqual([]);
    expect(decodeInChunks(whole, Buffer.alloc(0), [])).toEqual(['']);
  });

  it('replace invalid UTF-8', () => {
    expect(decodeInChunks(whole, Buffer.from([0x22, 0xff, 0x22]), [1])).toEqual(['"\ufffd"']);
    expect(decodeInChunks(lines, Buffer.from([0x31, 0xe2, 0x82]), [2])).toEqual(['1\ufffd']);
  });
});
