import { findParts, readPart } from './document-parts.js';
import type { DocumentParts } from './document-parts.js';
import { noteFormat, Notes } from './notes.js';
import { ListNumbering } from './numbering.js';
import { Styles } from './styles.js';
import { childNamed, ownText } from './xml-reader.js';
import type { XmlElement } from './xml-reader.js';
import type { ZipPackage } from './zip-package.js';

/** What the text of a document refers to, and what was noticed while it was read. */
export interface DocumentContext {
  styles: Styles;
  numbering: ListNumbering;
  footnotes: Notes;
  endnotes: Notes;
  /** The pages are coloured, so that white text may be visible. */
  hasBackground: boolean;
  foundHiddenText: boolean;
}

export interface OpenedDocument {
  parts: DocumentParts;
  context: DocumentContext;
  title: string | null;
  language: string | undefined;
}

/** Reads everything of a document but its main text. */
export async function openDocument(zip: ZipPackage): Promise<OpenedDocument> {
  const parts = await findParts(zip);
  const settings = await readPart(zip, parts.settings);
  const core = await readPart(zip, parts.coreProperties);
  const styles = new Styles(await readPart(zip, parts.styles));
  const context: DocumentContext = {
    styles,
    numbering: new ListNumbering(await readPart(zip, parts.numbering)),
    footnotes: new Notes(
      await readPart(zip, parts.footnotes),
      noteFormat(settings, 'w:footnotePr', 'decimal'),
    ),
    endnotes: new Notes(
      await readPart(zip, parts.endnotes),
      noteFormat(settings, 'w:endnotePr', 'lowerRoman'),
    ),
    hasBackground: false,
    foundHiddenText: false,
  };
  const themeLanguage = childNamed(settings ?? undefined, 'w:themeFontLang')?.attributes['w:val'];
  const title = textOf(core, 'dc:title');
  return { parts, context, title, language: textOf(core, 'dc:language') ?? styles.language ?? themeLanguage };
}

function textOf(core: XmlElement | null, name: string): string | null {
  const element = childNamed(core ?? undefined, name);
  const text = element === undefined ? '' : ownText(element).replace(/\s+/g, ' ').trim();
  return text === '' ? null : text;
}
