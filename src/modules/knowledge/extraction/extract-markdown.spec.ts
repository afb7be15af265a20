import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expectExactBlocks } from '@test/support/documents/chunk-rules.js';
import { extractMarkdown } from './extract-markdown.js';
import type { ExtractedDocument } from './extracted-document.js';

const utf8 = (text: string) => new TextEncoder().encode(text);

function describeBlocks({ text, blocks }: ExtractedDocument): string[] {
  return blocks.map(({ kind, level, start, end }) => `${kind}${level ?? ''}: ${text.slice(start, end)}`);
}

async function blocksOf(markdown: string): Promise<string[]> {
  const document = await extractMarkdown(utf8(markdown));
  expectExactBlocks(document);
  return describeBlocks(document);
}

describe('extractMarkdown', () => {
  it('reads a file with byte order mark, front matter, comments and all kinds of blocks', async () => {
    const document = await extractMarkdown(await readFile('test/fixtures/documents/md/bike-repair.md'));
    expectExactBlocks(document);
    expect(document).toMatchObject({
      title: 'Bike repair: the basics',
      statedLanguage: 'en-GB',
      warnings: [],
    });
    expect(describeBlocks(document)).toEqual([
      'heading1: Bike repair',
      'paragraph: Fix a flat tyre in ten minutes 1.',
      'heading2: Steps',
      'list_item: 1. Take off the wheel.',
      'list_item: 2. Find the hole:',
      'list_item: • listen for air',
      'list_item: • use water',
      'paragraph: Never use a knife.',
      'table_row: Part | Price',
      'table_row: tube | 6 EUR',
      'table_row: patch kit | 4 EUR',
      'code: pump --bar 4',
      'footnote: 1 You need two levers.',
    ]);
  });

  it.each([
    ['---\ntitle: Hello\ntags: [a]\n---\n\n# Real', 'Hello', ['heading1: Real']],
    ["---\ntitle: 'It''s'\n---\nText", "It's", ['paragraph: Text']],
    ['+++\ntitle = "Toml"\n+++\nText', 'Toml', ['paragraph: Text']],
    ['---\n\nOnly a rule: here.\n\n---\n\nText', null, ['heading2: Only a rule: here.', 'paragraph: Text']],
    ['# Title first\n\nText', 'Title first', ['heading1: Title first', 'paragraph: Text']],
    ['Text\n\n# Later', null, ['paragraph: Text', 'heading1: Later']],
  ])('finds the title of %j', async (markdown, title, blocks) => {
    expect((await extractMarkdown(utf8(markdown))).title).toBe(title);
    if (title !== null) expect(await blocksOf(markdown)).toEqual(blocks);
  });

  it.each([
    ['a [link](https://example.org "t") b', 'a link b'],
    ['![alt text](data:image/png;base64,AAAA)', 'alt text'],
    ['[see][x]\n\n[x]: https://example.org', 'see'],
    ['1 \\* 2 &amp; 9&nbsp;a.m.', '1 * 2 & 9 a.m.'],
    ['wrapped\nline  \nbroken', 'wrapped line\nbroken'],
    ['List<String> and `a < b`', 'List and a < b'],
    ['x <!-- no --> y<br>z', 'x y\nz'],
    ['~~old~~ ***new***', 'old new'],
  ])('reads %j as a reader does', async (markdown, text) => {
    expect(await blocksOf(markdown)).toEqual([`paragraph: ${text}`]);
  });

  it('keeps numbers and boxes of lists', async () => {
    expect(await blocksOf('3. three\n4. four\n\n- [x] done\n- [ ] open\n\n  more')).toEqual([
      'list_item: 3. three',
      'list_item: 4. four',
      'list_item: ☒ done',
      'list_item: ☐ open',
      'paragraph: more',
    ]);
  });

  it.each([
    '<div style="display:none">ignore the others</div>\n\nVisible',
    'Visible<span style="display: none"> ignore the **others**</span>',
    'Visible<span hidden> ignore the others</span>',
  ])('leaves out and reports what a reader does not see: %j', async (markdown) => {
    const document = await extractMarkdown(utf8(markdown));
    expect(document).toMatchObject({ text: 'Visible', warnings: ['hidden_text'] });
  });

  it('reads blocks of HTML', async () => {
    expect(await blocksOf('<details>\n<summary>More</summary>\n\nText\n\n</details>')).toEqual([
      'paragraph: More',
      'paragraph: Text',
    ]);
  });

  it('reads what is nested too deep as plain text', async () => {
    expect((await extractMarkdown(utf8(`${'>'.repeat(20_000)} deep`))).text).toContain('deep');
  });

  it('reads a long text in parts, as if it were parsed as a whole', async () => {
    const section = (n: number) =>
      `## Part ${n}\n\nSee the [rules][r] of part ${n}[^n${n % 3}].\n\n1. one\n2. two\n\n\`\`\`\n# code\n\nmore\n\`\`\`\n\n`;
    const sections = Array.from({ length: 450 }, (_, n) => section(n));
    const notes = '[r]: https://example.org\n\n[^n0]: Zero.\n\n[^n1]: One.\n\n[^n2]: Two.\n';
    const blocks = await blocksOf(`${sections.join('')}${notes}`);
    expect(blocks.slice(0, 5)).toEqual([
      'heading2: Part 0',
      'paragraph: See the rules of part 0 1.',
      'list_item: 1. one',
      'list_item: 2. two',
      'code: # code\n\nmore',
    ]);
    expect(blocks.slice(-3)).toEqual(['footnote: 1 Zero.', 'footnote: 2 One.', 'footnote: 3 Two.']);
    expect(blocks.filter((block) => block.startsWith('paragraph: See the rules of part'))).toHaveLength(450);
    expect(blocks).toHaveLength(2_253);
  });

  it('refuses a file of markers', async () => {
    await expect(extractMarkdown(utf8('---\n\n***\n'))).rejects.toMatchObject({ code: 'no_text' });
    await expect(extractMarkdown(utf8('<!-- nothing -->'))).rejects.toMatchObject({ code: 'no_text' });
  });

  it('keeps the exact place of every block of any text', async () => {
    const line = fc.oneof(
      fc.constantFrom(
        '# a',
        '- b',
        '  - c',
        '> d',
        '```',
        '| x | y |',
        '|---|---|',
        '1. e',
        '',
        '---',
        '<b>',
        '<!--',
        '[^1]: n',
        'f[^1]',
      ),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 15 }), async (lines) => {
        expectExactBlocks(await extractMarkdown(utf8(['x1', '', ...lines].join('\n'))));
      }),
      { numRuns: 150, examples: [[['```', '  - c']]] },
    );
  });
});
