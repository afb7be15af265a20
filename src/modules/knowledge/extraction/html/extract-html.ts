import {
  type DocumentExtractor,
  type DocumentWarning,
  ExtractionFailure,
} from '@/modules/knowledge/extraction/extracted-document.js';
import { toLanguageTag } from '@/modules/knowledge/extraction/stated-language.js';
import { normalizeWhiteSpace, TextBuilder } from '@/modules/knowledge/extraction/text-builder.js';
import { decodeHtml } from './decode-html.js';
import { HtmlTextWriter } from './html-text-writer.js';
import { HtmlWalker } from './html-walker.js';
import { readStructure } from './page-structure.js';
import { attribute, elementsIn, parseHtml, plainText } from './parse-html.js';
import type { HtmlElement, HtmlParent } from './parse-html.js';
import { StyleSheet } from './style-sheet.js';
import { initialVisibility } from './visibility.js';

/** Reads the text of a web page as a reader sees it, without navigation and without hidden text. */
export const extractHtml: DocumentExtractor = async (bytes) => {
  const { html, replaced } = decodeHtml(bytes);
  const document = parseHtml(html);
  const elements = [...elementsIn(document)];
  const builder = new TextBuilder();
  const walker = new HtmlWalker(new HtmlTextWriter(builder), {
    styles: new StyleSheet(styleSheetsOf(elements)),
    structure: readStructure(document),
    visibility: initialVisibility(isStyledElsewhere(elements)),
  });
  for (const element of elements) if (element.tagName === 'body') walker.walk(element);
  const { text, blocks } = builder.build();
  if (blocks.length === 0) throw new ExtractionFailure('no_text', 'The page contains no text.');
  const warnings: DocumentWarning[] = [];
  if (replaced) warnings.push('replaced_characters');
  if (walker.foundHiddenText) warnings.push('hidden_text');
  return {
    text,
    blocks,
    title: titleOf(elements),
    statedLanguage: languageOf(elements),
    pages: null,
    warnings,
  };
};

function styleSheetsOf(elements: readonly HtmlElement[]): string {
  return elements
    .filter(
      (element) => element.tagName === 'style' && attribute(element, 'media')?.includes('print') !== true,
    )
    .map((element: HtmlParent) => plainText(element))
    .join('\n');
}

function isStyledElsewhere(elements: readonly HtmlElement[]): boolean {
  return elements.some(
    (element) =>
      (element.tagName === 'link' && /\bstylesheet\b/i.test(attribute(element, 'rel') ?? '')) ||
      (element.tagName === 'style' && plainText(element).includes('background')),
  );
}

function titleOf(elements: readonly HtmlElement[]): string | null {
  const title = elements.find((element) => element.tagName === 'title' && isHtml(element));
  const text = title === undefined ? '' : normalizeWhiteSpace(plainText(title)).replaceAll('\n', ' ');
  return text === '' ? null : text;
}

function isHtml(element: HtmlElement): boolean {
  return element.namespaceURI === 'http://www.w3.org/1999/xhtml';
}

/** Returns the language of the page; some programs state it at the body, and some as a header of the response. */
function languageOf(elements: readonly HtmlElement[]): string | null {
  for (const element of elements) {
    if (element.tagName !== 'html' && element.tagName !== 'body') continue;
    const tag = toLanguageTag(attribute(element, 'lang') ?? attribute(element, 'xml:lang'));
    if (tag !== null) return tag;
  }
  const meta = elements.find(
    (element) =>
      element.tagName === 'meta' && attribute(element, 'http-equiv')?.toLowerCase() === 'content-language',
  );
  return meta === undefined ? null : toLanguageTag(attribute(meta, 'content'));
}
