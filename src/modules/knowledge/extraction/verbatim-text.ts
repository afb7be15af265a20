import {
  type ExtractedDocument,
  ExtractionFailure,
  MAX_TEXT_UNITS,
  type TextBlock,
} from './extracted-document.js';

/** Throws when a text has neither a letter nor a digit, or is longer than a document may be. */
export function requireReadableText(text: string): void {
  if (text.length > MAX_TEXT_UNITS) {
    throw new ExtractionFailure('too_large', 'The text of the file is longer than a document may be.');
  }
  if (!/[\p{L}\p{N}]/u.test(text)) {
    throw new ExtractionFailure('no_text', 'The file has neither letters nor digits.');
  }
}

function blank(text: string): string {
  return text.replace(/\S/g, ' ');
}

/**
 * Returns the text of a file with blanks for all that is not in a block, such as markers and lines drawn with dashes.
 * The length does not change: an offset leads to what the author wrote.
 */
export function blankOutsideBlocks(text: string, blocks: TextBlock[]): string {
  const parts: string[] = [];
  let position = 0;
  for (const { start, end } of blocks) {
    parts.push(blank(text.slice(position, start)), text.slice(start, end));
    position = end;
  }
  parts.push(blank(text.slice(position)));
  return parts.join('');
}

/** Returns a document of a format without pages. */
export function textDocument(
  text: string,
  blocks: TextBlock[],
  stated: Partial<Pick<ExtractedDocument, 'title' | 'statedLanguage' | 'warnings'>> = {},
): ExtractedDocument {
  requireReadableText(text);
  return { text, blocks, title: null, statedLanguage: null, pages: null, warnings: [], ...stated };
}
