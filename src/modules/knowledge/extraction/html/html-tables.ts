import { headingLevel } from './elements.js';
import { attribute, elementsIn } from './parse-html.js';
import type { HtmlElement } from './parse-html.js';

/**
 * Returns whether a table only arranges the parts of the page: by its role, or because it contains headings or another
 * table. Its cells are read one after the other, not as rows.
 */
export function isLayoutTable(table: HtmlElement): boolean {
  const role = attribute(table, 'role');
  if (role === 'presentation' || role === 'none') return true;
  for (const element of elementsIn(table)) {
    if (element.tagName === 'table') return true;
    if (headingLevel(element.tagName, attribute(element, 'role'), null) !== null) return true;
  }
  return false;
}
