import { CONTENT_TYPES } from './content-types.js';
import { extractDocx } from './docx/extract-docx.js';
import { extractCsv } from './extract-csv.js';
import { extractJson } from './extract-json.js';
import { extractMarkdown } from './extract-markdown.js';
import { extractText } from './extract-text.js';
import { type DocumentExtractor, ExtractionFailure } from './extracted-document.js';
import { extractHtml } from './html/extract-html.js';
import { extractPdf } from './pdf/index.js';
import { DOCUMENT_TYPES, type DocumentType } from './text-type.js';

/** Reads one format each. */
export const EXTRACTORS: Readonly<Record<DocumentType, DocumentExtractor>> = {
  pdf: extractPdf,
  docx: extractDocx,
  html: extractHtml,
  md: extractMarkdown,
  csv: extractCsv,
  json: extractJson,
  txt: extractText,
};

/** Returns the extractor of a content type. Throws an {@link ExtractionFailure} for other types. */
export function findExtractor(contentType: string): DocumentExtractor {
  const type = DOCUMENT_TYPES.find((candidate) => CONTENT_TYPES[candidate] === contentType);
  if (type === undefined) throw new ExtractionFailure('unreadable', 'Files of this type cannot be read.');
  return EXTRACTORS[type];
}
