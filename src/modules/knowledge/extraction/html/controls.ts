import type { BlockContext } from './html-text-writer.js';
import { attribute, plainText } from './parse-html.js';
import type { HtmlElement } from './parse-html.js';

const FORM_CONTROLS = new Set(['button', 'input', 'select', 'textarea']);

/**
 * Returns whether an element only helps to use the page: the link of a note back to the text, the sign at a heading
 * that links to it, or a button in program code.
 */
export function isControl(element: HtmlElement, { kind }: BlockContext): boolean {
  if (kind === 'code') return FORM_CONTROLS.has(element.tagName);
  return element.tagName === 'a' && (isBackLink(element) || (kind === 'heading' && isPermalink(element)));
}

function isBackLink(link: HtmlElement): boolean {
  const names = attribute(link, 'class') ?? '';
  return attribute(link, 'role') === 'doc-backlink' || /(^|\s)footnote-back(ref)?(\s|$)/.test(names);
}

function isPermalink(link: HtmlElement): boolean {
  return attribute(link, 'href')?.startsWith('#') === true && /^[#¶§🔗\s]+$/u.test(plainText(link));
}
