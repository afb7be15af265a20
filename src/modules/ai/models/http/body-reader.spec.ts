import fc from 'fast-check';
import { BodyReader } from './body-reader.js';

/** Returns the values of a body that arrives in chunks with these ends; `done` for the marker `[DONE]`. */
function readInChunks(bytes: Buffer, cuts: readonly number[] = []): unknown[] {
  const values: unknown[] = [];
  const reader = new BodyReader({
    onPayload: (value) => values.push(value),
    onDone: () => values.push('done'),
  });
  let from = 0;
  for (const cut of [...new Set(cuts)].sort((a, b) => a - b)) {
    reader.feed(bytes.subarray(from, cut));
    from = cut;
  }
  reader.feed(bytes.subarray(from));
  reader.end();
  return values;
}

const value = fc.record({ text: fc.string({ unit: 'binary', maxLength: 20 }) });
const values = fc.array(value, { minLength: 1, maxLength: 8 });
const ending = fc.constantFrom('\n', '\r\n');
const cuts = fc.array(fc.nat(300));

describe('BodyReader', () => {
  it('reads server-sent events the same way, wherever chunks end', () => {
    const comment = fc.constantFrom('', ': ping', 'event: x', 'id: 7');
    fc.assert(
      fc.property(values, comment, ending, cuts, (data, extra, eol, ends) => {
        const lines = data.map(
          (one) => `${extra ? extra + eol : ''}data: ${JSON.stringify(one)}${eol}${eol}`,
        );
        expect(readInChunks(Buffer.from(lines.join('')), ends)).toEqual(data);
      }),
    );
  });

  it('reads one JSON value a line the same way, wherever chunks end', () => {
    fc.assert(
      fc.property(values, ending, cuts, (data, eol, ends) => {
        const text = data.map((one) => JSON.stringify(one)).join(eol);
        expect(readInChunks(Buffer.from(text), ends)).toEqual(data);
      }),
    );
  });

  it('reads a whole JSON value the same way, indented or not, wherever chunks end', () => {
    fc.assert(
      fc.property(values, fc.nat(3), cuts, (data, indent, ends) => {
        const body = Buffer.from(JSON.stringify({ data }, null, indent));
        expect(readInChunks(body, ends)).toEqual([{ data }]);
      }),
    );
  });

  it.each([
    [
      'server-sent events',
      'data: {"a":"é€👋🏽𝄞"}\n\ndata: {"b":1}\n\ndata: [DONE]',
      [{ a: 'é€👋🏽𝄞' }, { b: 1 }, 'done'],
    ],
    ['lines', '{"a":"é€👋🏽𝄞"}\n\n{"b":1}\n', [{ a: 'é€👋🏽𝄞' }, { b: 1 }]],
    ['an indented value', '\n {\n"a":"é€👋🏽𝄞"\n}', [{ a: 'é€👋🏽𝄞' }]],
    ['a list', '[{"a":1},\n{"b":2}]', [[{ a: 1 }, { b: 2 }]]],
  ])('reads %s the same way for chunks that end at every byte', (_, text, expected) => {
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut++) expect(readInChunks(bytes, [cut])).toEqual(expected);
    expect(readInChunks(bytes, Array.from(bytes.keys()))).toEqual(expected);
  });

  it('skips a byte order mark, white space and a missing last line break', () => {
    expect(readInChunks(Buffer.from('\uFEFFdata: 1\n\ndata: 2'), [1, 2])).toEqual([1, 2]);
    expect(readInChunks(Buffer.from('\uFEFF\n{"a":1}\n{"a":2}'), [1])).toEqual([{ a: 1 }, { a: 2 }]);
    expect(readInChunks(Buffer.from('\uFEFF[1]'), [1])).toEqual([[1]]);
  });

  it('skips comments, other fields, and events with blank data', () => {
    const body =
      ': ping\n\nevent: x\n\nid: 1\nretry: 5\n\ndata\n\ndata:  \nevent: y\n\ndata: [1,\ndata: 2]\n\n';
    expect(readInChunks(Buffer.from(body))).toEqual([[1, 2]]);
  });

  it.each([
    ['an event', 'data: '],
    ['a line or a value', '{'],
  ])('throws malformed_answer when %s is larger than any answer', (_, start) => {
    const reader = new BodyReader({ onPayload: () => undefined, onDone: () => undefined });
    const chunk = Buffer.from('x'.repeat(64 * 1024));
    const feed = (): void => {
      reader.feed(Buffer.from(start));
      for (let fed = 0; fed < 9 * 1024 * 1024; fed += chunk.length) reader.feed(chunk);
    };
    expect(feed).toThrow('malformed_answer');
  });

  it('reads one event as large as the longest answer with every character escaped', () => {
    const text = '\\u8a9e'.repeat(400_000);
    expect(readInChunks(Buffer.from(`data: {"text":"${text}"}\n\n`), [70_000, 1_400_000])).toHaveLength(1);
  });

  it('reads a long line in a time that grows as its length', () => {
    const chunk = Buffer.from('x'.repeat(16 * 1024));
    const cpuOfLine = (bytes: number): number => {
      const reader = new BodyReader({ onPayload: () => undefined, onDone: () => undefined });
      const before = process.cpuUsage();
      reader.feed(Buffer.from('data: '));
      for (let fed = 0; fed < bytes; fed += chunk.length) reader.feed(chunk);
      return process.cpuUsage(before).user;
    };
    cpuOfLine(512 * 1024);
    expect(cpuOfLine(7 * 1024 * 1024)).toBeLessThan(1_000_000); // microseconds; a search from the start each time takes more
  });

  it('reads a long body of short events', () => {
    const body = Buffer.from(`data: "${'x'.repeat(1000)}"\n\n`.repeat(10_000));
    const ends = Array.from({ length: 200 }, (_, index) => index * 50_000);
    expect(readInChunks(body, ends)).toHaveLength(10_000);
  });

  it('reads an empty body as nothing, and replaces invalid UTF-8', () => {
    expect(readInChunks(Buffer.alloc(0))).toEqual([]);
    expect(readInChunks(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), [1])).toEqual([['\ufffd']]);
  });

  it('throws malformed_answer for data that is not JSON', () => {
    expect(() => readInChunks(Buffer.from('data: {nonsense}\n\n'))).toThrow('malformed_answer');
    expect(() => readInChunks(Buffer.from('{"a":'))).toThrow('malformed_answer');
  });
});
