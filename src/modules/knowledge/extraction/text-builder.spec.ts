import fc from 'fast-check';
import { ExtractionFailure } from './extracted-document.js';
import type { BlockKind } from './extracted-document.js';
import { normalizeWhiteSpace, TextBuilder } from './text-builder.js';

describe('the text of a document', () => {
  it('separates paragraphs by an empty line, and items and rows by a line break', () => {
    const builder = new TextBuilder();
    builder.append('heading', 'Prices', { level: 2 });
    builder.append('table_row', 'Level | Words');
    builder.append('table_row', 'A1 | 500');
    builder.append('list_item', 'one');
    builder.append('list_item', 'two');
    builder.endGroup();
    builder.append('list_item', 'of another list');
    builder.append('paragraph', 'End', { page: 2 });
    const { text, blocks } = builder.build();
    expect(text).toBe('Prices\n\nLevel | Words\nA1 | 500\n\none\ntwo\n\nof another list\n\nEnd');
    expect(blocks[0]).toEqual({ kind: 'heading', start: 0, end: 6, level: 2 });
    expect(blocks.at(-1)).toMatchObject({ kind: 'paragraph', page: 2 });
  });

  it('normalises white space inside a block', () => {
    expect(normalizeWhiteSpace(' a\u00a0 \tb \n\n  c\r\nd\u2028e ')).toBe('a b\nc\nd\ne');
  });

  it('writes headings in one line', () => {
    const builder = new TextBuilder();
    builder.append('heading', 'Opening\nhours', { level: 1 });
    expect(builder.build().text).toBe('Opening hours');
  });

  it('keeps the lines of verbatim blocks', () => {
    const builder = new TextBuilder();
    builder.append('code', '\n\n  if (a) {\n\n    b();  \n  }\n\n', { verbatim: true });
    expect(builder.build().text).toBe('  if (a) {\n\n    b();\n  }');
  });

  it('appends no block without visible characters', () => {
    const builder = new TextBuilder();
    expect(builder.append('paragraph', ' \u200b\n')).toBe(false);
    expect(builder.append('code', ' \u00ad\n', { verbatim: true })).toBe(false);
    expect(builder.build()).toEqual({ text: '', blocks: [] });
  });

  it('refuses a text over the limit', () => {
    const builder = new TextBuilder(100);
    const half = 'a'.repeat(50);
    builder.append('paragraph', half);
    expect(() => builder.append('paragraph', half)).toThrow(
      expect.objectContaining<Partial<ExtractionFailure>>({ code: 'too_large' }),
    );
  });

  it('knows the exact place of each block', () => {
    const kind = fc.constantFrom<BlockKind>(
      'heading',
      'paragraph',
      'list_item',
      'table_row',
      'code',
      'footnote',
    );
    const content = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ kind, content, verbatim: fc.boolean() }), { maxLength: 20 }),
        (appended) => {
          const builder = new TextBuilder();
          for (const block of appended)
            builder.append(block.kind, block.content, { verbatim: block.verbatim });
          const { text, blocks } = builder.build();
          let end = 0;
          for (const block of blocks) {
            expect(text.slice(end, block.start).trim()).toBe('');
            expect(text.slice(block.start, block.end).trim()).not.toBe('');
            expect(block.start).toBeGreaterThanOrEqual(end);
            end = block.end;
          }
          expect(text.slice(end)).toBe('');
          expect(builder.length).toBe(text.length);
        },
      ),
      { numRuns: 40 },
    );
  });
});
