import { raiseNumbers } from '@/modules/knowledge/extraction/raised-numbers.js';
import type { HtmlTextWriter } from './html-text-writer.js';
import { isElement } from './parse-html.js';
import type { HtmlElement, HtmlNode, HtmlParent } from './parse-html.js';

/** A cell of a table, and two elements in it. */
const MAX_CAPTURES = 3;

type InlineHandler = (writer: HtmlTextWriter, element: HtmlElement) => () => void;

/** What is written when an element inside of a line begins, and, by the returned function, when it ends. */
const HANDLERS = new Map<string, InlineHandler>([
  ['br', (writer) => writeAround(writer, '\n', '')],
  ['q', (writer) => writeAround(writer, '“', '”')],
  ['sup', (writer, element) => rewrite(writer, (text) => superscript(text, element))],
  ['ruby', (writer) => enterRuby(writer)],
  ['rt', (writer) => enterReading(writer)],
]);

export function enterInline(writer: HtmlTextWriter, element: HtmlElement): () => void {
  return HANDLERS.get(element.tagName)?.(writer, element) ?? (() => undefined);
}

function writeAround(writer: HtmlTextWriter, before: string, after: string): () => void {
  writer.write(before);
  return () => writer.write(after);
}

/** Replaces the text of the element. Nested elements of this sort are written as they are. */
function rewrite(writer: HtmlTextWriter, change: (text: string) => string): () => void {
  if (writer.captureDepth >= MAX_CAPTURES) return () => undefined;
  writer.startCapture();
  return () => writer.write(change(writer.endCapture()));
}

/** A raised link is the mark of a note. */
function superscript(text: string, element: HtmlElement): string {
  if (!isMark(element)) return raiseNumbers(text);
  const mark = text.trim();
  return /^[[(]/.test(mark) || mark === '' ? mark : `[${mark}]`;
}

/** Readings follow the characters that they belong to, so that these stay together. */
function enterRuby(writer: HtmlTextWriter): () => void {
  writer.startReadings();
  return () => {
    const readings = writer.endReadings().trim();
    if (readings !== '') writer.write(`(${readings})`);
  };
}

function enterReading(writer: HtmlTextWriter): () => void {
  if (writer.captureDepth >= MAX_CAPTURES) return () => undefined;
  writer.startCapture();
  return () => writer.addReading(writer.endCapture().trim());
}

/** Marks of notes are links, inside or around the raised text. */
function isMark({ parentNode, childNodes }: HtmlElement): boolean {
  const isLink = (node: HtmlNode | HtmlParent | null): boolean =>
    node !== null && isElement(node) && node.tagName === 'a';
  return isLink(parentNode) || childNodes.some(isLink);
}
