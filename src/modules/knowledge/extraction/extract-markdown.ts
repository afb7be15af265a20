import type { RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { decodeText } from './decode-text.js';
import { extractText } from './extract-text.js';
import type { DocumentExtractor, DocumentWarning } from './extracted-document.js';
import { readFrontMatter } from './markdown/front-matter.js';
import { definitionsFor, splitMarkdown } from './markdown/markdown-parts.js';
import { MarkdownWriter } from './markdown/markdown-writer.js';
import { requireReadableText, textDocument } from './verbatim-text.js';

/** Longer texts are read as plain text, since the parser needs minutes for them. */
const MAX_PARSED_UNITS = 4 * 1024 * 1024;

/** Quotations within quotations, so deep that the parser needs minutes for one line. */
const DEEP_QUOTATION = /^(?:[ \t]*>){100}/m;

/** Parses a text part by part. What stands after a part only defines the labels of the others. */
function* parse(body: string): Generator<RootContent[]> {
  const parts = splitMarkdown(body);
  const definitions = parts.length > 1 ? definitionsFor(body) : '';
  for (const part of parts) {
    const tree = fromMarkdown(part + definitions, {
      extensions: [gfm()],
      mdastExtensions: [gfmFromMarkdown()],
    });
    yield tree.children.filter(({ position }) => (position?.start.offset ?? 0) < part.length);
  }
}

/** Reads Markdown with the extensions of GitHub. The text is what a reader sees: without markers and addresses. */
export const extractMarkdown: DocumentExtractor = async (bytes) => {
  const decoded = decodeText(bytes);
  requireReadableText(decoded.text);
  const { title, language, body } = readFrontMatter(decoded.text);
  if (body.length > MAX_PARSED_UNITS || DEEP_QUOTATION.test(body)) return extractText(bytes);
  const writer = new MarkdownWriter();
  try {
    for (const nodes of parse(body)) await writer.write(nodes);
    await writer.writeNotes();
  } catch (error) {
    // Lists within lists can be too deep for a recursive parser.
    if (error instanceof RangeError) return extractText(bytes);
    throw error;
  }
  const warnings = new Set<DocumentWarning>(decoded.warnings);
  if (writer.hasHiddenText) warnings.add('hidden_text');
  const { text, blocks } = writer.builder.build();
  return textDocument(text, blocks, {
    title: title ?? writer.title,
    statedLanguage: language,
    warnings: [...warnings],
  });
};
