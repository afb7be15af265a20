import { isTableOfContents } from './fields.js';
import { childElements, childNamed, flagOf, isXmlElement, valueOf } from './xml-reader.js';
import type { XmlElement } from './xml-reader.js';

/** Returns ☒ or ☐ for a check box, null for another content control. */
export function checkBoxValue(control: XmlElement): string | null {
  const checkBox = childNamed(childNamed(control, 'w:sdtPr'), 'w14:checkbox');
  if (checkBox === undefined) return null;
  return /^(1|true)$/.test(childNamed(checkBox, 'w14:checked')?.attributes['w14:val'] ?? '0') ? '☒' : '☐';
}

/** Returns the content of a content control; nothing for a placeholder and for a generated table of contents. */
export function contentOf(control: XmlElement): XmlElement[] {
  const properties = childNamed(control, 'w:sdtPr');
  const gallery = valueOf(childNamed(properties, 'w:docPartObj'), 'w:docPartGallery');
  if (gallery === 'Table of Contents' || flagOf(properties, 'w:showingPlcHdr') === true) return [];
  const content = childNamed(control, 'w:sdtContent');
  return content === undefined ? [] : childElements(content);
}

/** Returns the alternative that a current program shows; the fallback has the same text for older programs. */
export function chosenAlternative(alternatives: XmlElement): XmlElement[] {
  const chosen = childNamed(alternatives, 'mc:Choice') ?? childNamed(alternatives, 'mc:Fallback');
  return chosen === undefined ? [] : childElements(chosen);
}

/** Wrappers that say something about their content but are not visible themselves. */
const TRANSPARENT = new Set([
  'w:ins',
  'w:moveTo',
  'w:hyperlink',
  'w:smartTag',
  'w:customXml',
  'w:dir',
  'w:bdo',
  'w:sdtContent',
]);

/** Returns the children that stand for this element in the text; null when it is no wrapper. */
export function unwrap(element: XmlElement): XmlElement[] | null {
  if (TRANSPARENT.has(element.name)) return childElements(element);
  if (element.name === 'w:sdt') return contentOf(element);
  if (element.name === 'mc:AlternateContent') return chosenAlternative(element);
  if (element.name !== 'w:fldSimple') return null;
  return isTableOfContents(element.attributes['w:instr'] ?? '') ? [] : childElements(element);
}

/** Returns the children with this name, also those inside of wrappers. */
export function unwrappedChildren(element: XmlElement, name: string): XmlElement[] {
  const found: XmlElement[] = [];
  const pending = childElements(element).reverse();
  for (let child = pending.pop(); child !== undefined; child = pending.pop()) {
    if (child.name === name) found.push(child);
    else for (const inner of unwrap(child)?.reverse() ?? []) pending.push(inner);
  }
  return found;
}

/** Returns the contents of the text boxes in a drawing. */
export function textBoxesIn(drawing: XmlElement): XmlElement[] {
  if (drawing.name === 'w:txbxContent') return [drawing];
  const children =
    drawing.name === 'mc:AlternateContent'
      ? chosenAlternative(drawing)
      : drawing.children.filter(isXmlElement);
  return children.flatMap(textBoxesIn);
}
