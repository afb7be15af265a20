import { attribute, elementsIn, plainText } from './parse-html.js';
import type { HtmlElement, HtmlParent } from './parse-html.js';

const CONTENT = new Set(['main', 'article']);
const SECTIONS = new Set(['article', 'aside', 'main', 'nav', 'section']);

/** Says which parts of a page are navigation and repeated frames rather than content. */
export interface PageStructure {
  /** The page marks its content, so that what surrounds it can be left out. */
  marksContent: boolean;
  /** The content has its own main heading, so that the one in the header of the page is not needed. */
  contentHasMainHeading: boolean;
}

export function readStructure(root: HtmlParent): PageStructure {
  const contents: HtmlElement[] = [];
  for (const element of elementsIn(root, (candidate) => !isContent(candidate))) {
    if (isContent(element) && plainText(element).trim() !== '') contents.push(element);
  }
  const hasMainHeading = (content: HtmlElement): boolean =>
    [...elementsIn(content)].some((element) => element.tagName === 'h1');
  return { marksContent: contents.length > 0, contentHasMainHeading: contents.some(hasMainHeading) };
}

/** Returns whether an element is part of the frame of the page; `isInSection` tells whether it stands in a section. */
export function isFrame(element: HtmlElement, isInSection: boolean, structure: PageStructure): boolean {
  if (!structure.marksContent) return false;
  const role = attribute(element, 'role');
  if (element.tagName === 'nav' || role === 'navigation') return true;
  if (isInSection) return false;
  const isHeaderOrFooter = element.tagName === 'header' || element.tagName === 'footer';
  return isHeaderOrFooter || role === 'banner' || role === 'contentinfo';
}

export function isSection(element: HtmlElement): boolean {
  return SECTIONS.has(element.tagName);
}

function isContent(element: HtmlElement): boolean {
  return CONTENT.has(element.tagName) || attribute(element, 'role') === 'main';
}
