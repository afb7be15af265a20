import {
  bigOperator,
  fraction,
  joinTerms,
  plainLetters,
  root,
  stack,
  withScripts,
} from '@/modules/knowledge/extraction/linear-math.js';
import { childElements, childNamed, childrenNamed, ownText } from './xml-reader.js';
import type { XmlElement } from './xml-reader.js';

type Part = (name: string) => string;
type Renderer = (part: Part, element: XmlElement) => string;

/** How each structure of a formula is written in one line. */
const RENDERERS = new Map<string, Renderer>([
  ['m:t', (_part, element) => plainLetters(ownText(element))],
  ['m:f', (part, element) => (hasBar(element) ? fraction : stack)(part('m:num'), part('m:den'))],
  ['m:sSup', (part) => withScripts(part('m:e'), '', part('m:sup'))],
  ['m:sSub', (part) => withScripts(part('m:e'), part('m:sub'), '')],
  ['m:sSubSup', (part) => withScripts(part('m:e'), part('m:sub'), part('m:sup'))],
  ['m:sPre', (part) => `${withScripts('', part('m:sub'), part('m:sup'))}${part('m:e')}`],
  ['m:rad', (part) => root(part('m:deg'), part('m:e'))],
  ['m:nary', (part, element) => bigOperator(character(element, 'm:naryPr', '∫'), bounds(part), part('m:e'))],
  ['m:func', (part) => `${part('m:fName').trim()} ${part('m:e').trim()}`],
  ['m:limLow', (part) => withScripts(part('m:e'), part('m:lim'), '')],
  ['m:limUpp', (part) => withScripts(part('m:e'), '', part('m:lim'))],
  ['m:d', (_part, element) => delimited(element)],
  ['m:m', (_part, element) => `[${childrenNamed(element, 'm:mr').map(matrixRow).join('; ')}]`],
  ['m:eqArr', (_part, element) => childrenNamed(element, 'm:e').map(toLinearMath).join('; ')],
]);

/** Elements that only describe how a formula looks. */
const PROPERTIES = /^(m:\w+Pr|w:rPr|w:del|w:moveFrom|m:phant)$/;

/** Returns a formula as text in one line, for example `x = (-b ± √(b^2 - 4ac))/2a`. */
export function toLinearMath(element: XmlElement): string {
  const part: Part = (name) => {
    const child = childNamed(element, name);
    return child === undefined ? '' : toLinearMath(child);
  };
  const renderer = RENDERERS.get(element.name);
  if (renderer !== undefined) return renderer(part, element);
  if (PROPERTIES.test(element.name)) return '';
  if (element.name === 'w:t') return ownText(element);
  return joinTerms(childElements(element).map(toLinearMath));
}

function hasBar(element: XmlElement): boolean {
  return childNamed(childNamed(element, 'm:fPr'), 'm:type')?.attributes['m:val'] !== 'noBar';
}

function character(element: XmlElement, properties: string, fallback: string): string {
  return childNamed(childNamed(element, properties), 'm:chr')?.attributes['m:val'] ?? fallback;
}

function bounds(part: Part): { from: string; to: string } {
  return { from: part('m:sub'), to: part('m:sup') };
}

function delimited(element: XmlElement): string {
  const properties = childNamed(element, 'm:dPr');
  const sign = (name: string, fallback: string): string =>
    childNamed(properties, name)?.attributes['m:val'] ?? fallback;
  const parts = childrenNamed(element, 'm:e').map(toLinearMath);
  return `${sign('m:begChr', '(')}${parts.join(sign('m:sepChr', '|'))}${sign('m:endChr', ')')}`;
}

function matrixRow(row: XmlElement): string {
  return childrenNamed(row, 'm:e').map(toLinearMath).join(', ');
}
