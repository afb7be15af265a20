import { ExtractionFailure, MAX_TEXT_UNITS } from '../extracted-document.js';
import type { DocumentExtractor, DocumentWarning, ExtractedDocument } from '../extracted-document.js';
import { TextBuilder } from '../text-builder.js';
import { BlockBuilder } from './block-builder.js';
import { chooseTitle, readMetadata, statedLanguage } from './document-title.js';
import { findHeadingsByLook } from './headings.js';
import { CompoundWords } from './line-joining.js';
import { hasMixedScripts } from './mixed-scripts.js';
import { openDocument } from './open-document.js';
import { findOutlineHeadings, readOutline } from './outline.js';
import type { OutlineEntry } from './outline.js';
import type { PageLine } from './page-lines.js';
import { PageReader } from './page-reader.js';
import type { PDFDocument } from './pdf-library.js';
import { PictureDetector } from './picture-detector.js';
import { dropRepeatedLines } from './repeated-lines.js';
import { measureText } from './text-statistics.js';

interface ReadPages {
  lines: PageLine[][];
  heights: number[];
  hidden: boolean;
  hasPictures: boolean;
}

/** Reads a PDF file: its text as a reader sees it, in the order of the pages. */
export const extractPdf: DocumentExtractor = async (bytes) => {
  const document = await openDocument(bytes);
  const pictures = new PictureDetector(bytes);
  try {
    const pages = await readPages(document, pictures);
    if (pages.lines.every((lines) => lines.length === 0)) throw withoutText(pages);
    const built = buildText(pages, await readOutline(document));
    if (built.text === '') throw withoutText(pages);
    const metadata = await readMetadata(document);
    return {
      ...built,
      title: chooseTitle(metadata, built),
      statedLanguage: statedLanguage(metadata),
      pages: document.numPages,
      warnings: warningsOf(pages, built.text),
    };
  } finally {
    await pictures.close();
    await document.loadingTask.destroy();
  }
};

async function readPages(document: PDFDocument, pictures: PictureDetector): Promise<ReadPages> {
  const reader = await PageReader.create(document, pictures);
  const pages: ReadPages = { lines: [], heights: [], hidden: false, hasPictures: false };
  let units = 0;
  let damaged = 0;
  for (let number = 1; number <= document.numPages; number += 1) {
    const page = await reader.read(number).catch(() => null);
    damaged += page ? 0 : 1;
    pages.lines.push(page?.lines ?? []);
    pages.heights.push(page?.height ?? 0);
    pages.hidden ||= page?.hidden ?? false;
    // A damaged page is one whose text was not read, like a picture.
    pages.hasPictures ||= page?.isPicture ?? true;
    for (const line of page?.lines ?? []) units += line.text.length;
    if (units > MAX_TEXT_UNITS) {
      throw new ExtractionFailure('too_large', 'The text of the document is longer than 50 MiB.');
    }
  }
  if (damaged === document.numPages)
    throw new ExtractionFailure('unreadable', 'The pages of the file are damaged.');
  return pages;
}

function withoutText({ hasPictures }: ReadPages): ExtractionFailure {
  return hasPictures
    ? new ExtractionFailure('needs_ocr', 'The pages are pictures; the file has no text that can be read.')
    : new ExtractionFailure('no_text', 'The file has no text.');
}

function buildText(
  { lines, heights }: ReadPages,
  outline: readonly OutlineEntry[],
): Pick<ExtractedDocument, 'text' | 'blocks'> {
  const pages = dropRepeatedLines(lines, heights);
  const statistics = measureText(pages);
  const outlined = findOutlineHeadings(outline, pages);
  const headings = new Map([...findHeadingsByLook(pages, statistics, outlined.size > 0), ...outlined]);
  const compounds = new CompoundWords();
  for (const page of pages) for (const line of page) compounds.add(line.text);
  const text = new TextBuilder();
  const blocks = new BlockBuilder(text, { headings, statistics, compounds });
  for (const page of pages) blocks.addPage(page);
  blocks.finish();
  return text.build();
}

function warningsOf({ hidden, hasPictures }: ReadPages, text: string): DocumentWarning[] {
  const warnings: DocumentWarning[] = [];
  if (hasMixedScripts(text)) warnings.push('mixed_scripts');
  if (hasPictures) warnings.push('pages_without_text');
  if (hidden) warnings.push('hidden_text');
  return warnings;
}
