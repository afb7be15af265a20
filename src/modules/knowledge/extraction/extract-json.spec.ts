import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expectExactBlocks } from '@test/support/documents/chunk-rules.js';
import { extractJson } from './extract-json.js';

const utf8 = (text: string) => new TextEncoder().encode(text);

async function blocksOf(json: string | Uint8Array): Promise<string[]> {
  const document = await extractJson(typeof json === 'string' ? utf8(json) : json);
  expectExactBlocks(document);
  return document.blocks.map(({ start, end }) => document.text.slice(start, end));
}

describe('extractJson', () => {
  it('has a block for each object, with numbers and repeated names as written', async () => {
    expect(await blocksOf(await readFile('test/fixtures/documents/json/orders.json'))).toEqual([
      'shop: Corner books',
      'orders\nid: 1234567890123456789\ntotal: 10.50\nitems: Atlas, Map\nnote: null',
      'id: 2\ntotal: 1e400\nitems:\ngift: true\ngift: false',
      'address\ncity: Kraków\nlines: Rynek 1, 2nd floor',
    ]);
  });

  it('reads one value on each line', async () => {
    expect(await blocksOf(await readFile('test/fixtures/documents/json/events.ndjson'))).toEqual([
      'level: info\nmessage: started',
      'level: error\nmessage: disk “A” is full',
    ]);
  });

  it.each([
    ['[1, 2, 3]', ['1, 2, 3']],
    ['[["a", 1], ["b", 2]]', ['a, 1\nb, 2']],
    ['["x", {"y": 1}, "z"]', ['x\ny: 1', 'z']],
    ['{"a": {"b": {"c": "deep"}}}', ['a\nb\nc: deep']],
    ['"text"', ['text']],
    ['{"a": "two\\nlines", "b": "\\ud800"}', ['a: two\nlines\nb: \ufffd']],
  ])('reads %s', async (json, blocks) => {
    expect(await blocksOf(json)).toEqual(blocks);
  });

  it.each([
    ['{"a": 1,}', 1],
    ['{\n  "a": 1\n  "b": 2\n}', 3],
    ['[1,\r\n2', 2],
    ['{"a": 01}', 1],
    ['{a: 1}', 1],
    ['["open\n"]', 1],
    ['{"a": 1}\n{"b": nul}', 2],
    ['[1] ]', 1],
  ])('names the line of an error: %j', async (json, line) => {
    const failure = { code: 'unreadable', detail: `The file is not valid JSON in line ${line}.` };
    await expect(extractJson(utf8(json))).rejects.toMatchObject(failure);
  });

  it('bounds the depth', async () => {
    const nested = (depth: number) => '['.repeat(depth) + '1' + ']'.repeat(depth);
    expect(await blocksOf(nested(200))).toEqual(['1']);
    await expect(extractJson(utf8(nested(201)))).rejects.toMatchObject({ code: 'unreadable' });
    await expect(extractJson(utf8('1' + '['.repeat(1_000_000)))).rejects.toMatchObject({
      code: 'unreadable',
    });
  });

  it('reads every valid JSON text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.json({ noUnicodeString: false }),
        fc.constantFrom(undefined, 2),
        async (json, indent) => {
          const text = JSON.stringify({ marker: 'x1', value: JSON.parse(json) as unknown }, null, indent);
          expect((await blocksOf(text))[0]).toMatch(/^marker: x1/);
        },
      ),
      { numRuns: 200 },
    );
  });
});
