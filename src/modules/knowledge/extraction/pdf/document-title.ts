import type { ExtractedDocument } from '../extracted-document.js';
import type { PDFDocument } from './pdf-library.js';

interface Metadata {
  info?: { Title?: unknown; Language?: unknown };
  metadata?: { get(name: string): unknown } | null;
}

const FILE_NAME = /\.(?:pdf|docx?|odt|rtf|txt|md|tex|dvi|ps|html?|xlsx?|pptx?|indd|pages|qxd)$/i;
const PLACEHOLDER =
  /^(?:untitled(?: document)?|document\d*|title|about:blank|microsoft word - .*|(?:https?|file):\S*|\(anonymous\))$/i;

/** Returns the title of the metadata, unless it is a file name or a placeholder; otherwise the first heading. */
export function chooseTitle(
  metadata: Metadata,
  { text, blocks }: Pick<ExtractedDocument, 'text' | 'blocks'>,
): string | null {
  for (const stated of [metadata.info?.Title, metadata.metadata?.get('dc:title')]) {
    if (typeof stated !== 'string') continue;
    const title = stated.normalize('NFC').replace(/\s+/g, ' ').trim();
    if (/[\p{L}\p{N}]/u.test(title) && !FILE_NAME.test(title) && !PLACEHOLDER.test(title)) return title;
  }
  const heading = blocks.find(({ kind }) => kind === 'heading');
  return heading ? text.slice(heading.start, heading.end).replace(/\s+/g, ' ') : null;
}

/** Returns the metadata, empty when the file has none that can be read. */
export async function readMetadata(document: PDFDocument): Promise<Metadata> {
  return (await document.getMetadata().catch(() => ({}))) as Metadata;
}

/** Returns the language that the catalog or the metadata state, as a BCP 47 tag. */
export function statedLanguage(metadata: Metadata): string | null {
  for (const stated of [metadata.info?.Language, metadata.metadata?.get('dc:language')]) {
    if (typeof stated !== 'string') continue;
    const tag = stated.trim().replace('_', '-');
    if (/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i.test(tag)) return tag;
  }
  return null;
}
