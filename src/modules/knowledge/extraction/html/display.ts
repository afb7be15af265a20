import { BLOCK_ELEMENTS, SPACED_ELEMENTS } from './elements.js';
import { isElement } from './parse-html.js';
import type { HtmlElement, HtmlNode } from './parse-html.js';

/** How the text of an element is set off: on lines of its own, by a space, or not at all. */
export type Display = 'block' | 'spaced' | 'inline';

export interface Surroundings {
  /** The element around it places its children as boxes of their own. */
  isSeparated: boolean;
  /** The sibling before it. */
  previous?: HtmlNode;
}

export function displayOf(
  element: HtmlElement,
  values: ReadonlyMap<string, string>,
  { isSeparated, previous }: Surroundings,
): Display {
  const stated = values.get('display');
  if (stated === 'inline' || stated === 'contents') return isSeparated ? 'block' : 'inline';
  if (stated?.startsWith('inline-') === true) return 'spaced';
  if (followsCode(element, previous)) return 'block';
  const isBox = stated !== undefined && /^(block|flex|grid|flow-root|list-item|table)/.test(stated);
  if (isBox || isSeparated || BLOCK_ELEMENTS.has(element.tagName)) return 'block';
  return SPACED_ELEMENTS.has(element.tagName) || followsLink(element, previous) ? 'spaced' : 'inline';
}

/** Two pieces of code in one preformatted element are alternatives, for example in two languages. */
function followsCode({ tagName, parentNode }: HtmlElement, previous: HtmlNode | undefined): boolean {
  if (tagName !== 'code' || parentNode === null || !isElement(parentNode)) return false;
  const isSecond = previous !== undefined && isElement(previous) && previous.tagName === 'code';
  return isSecond && parentNode.tagName === 'pre';
}

/** Links that touch in the source are entries of a menu, and are drawn apart. */
function followsLink(element: HtmlElement, previous: HtmlNode | undefined): boolean {
  return isLink(element) && previous !== undefined && isElement(previous) && isLink(previous);
}

function isLink({ tagName }: HtmlElement): boolean {
  return tagName === 'a';
}
