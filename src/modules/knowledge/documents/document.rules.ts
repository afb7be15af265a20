import { toTitle } from '@/modules/knowledge/knowledge.rules.js';

/** Bytes of a text in a JSON body. */
export const MAX_TEXT_BYTES = 1024 * 1024;
/** A JSON text needs up to three bytes for a byte of Cyrillic or Arabic that it escapes. */
export const TEXT_BODY_LIMIT = 4 * MAX_TEXT_BYTES;

const DEFAULT_TITLE = 'Untitled document';

/** Returns the title of a document that was sent without one: the name of the file without its extension. */
export function titleFromFilename(filename: string): string {
  const name = filename.replace(/(?<=.)\.[A-Za-z0-9]{1,5}$/, '');
  return toTitle(name.replaceAll('_', ' ')) ?? DEFAULT_TITLE;
}

/** Returns the value of a `Content-Disposition` header that makes browsers save the file under its name. */
export function attachmentOf(filename: string): string {
  const ascii = filename.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(filename.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
