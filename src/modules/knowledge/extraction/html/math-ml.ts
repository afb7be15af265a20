import {
  fraction,
  joinTerms,
  plainLetters,
  root,
  withScripts,
} from '@/modules/knowledge/extraction/linear-math.js';
import { isElement, isText } from './parse-html.js';
import type { HtmlElement } from './parse-html.js';

/** Parts of a formula that are nested more deeply are left out. */
const MAX_DEPTH = 200;

type Renderer = (parts: readonly string[]) => string;

const SKIPPED = new Set([
  'annotation',
  'annotation-xml',
  'mphantom',
  'none',
  'mprescripts',
  'script',
  'style',
]);

/** How each element of a formula is written in one line, from its children. */
const RENDERERS = new Map<string, Renderer>([
  ['mfrac', ([numerator = '', denominator = '']) => fraction(numerator, denominator)],
  ['msup', ([base = '', sup = '']) => withScripts(base, '', sup)],
  ['mover', ([base = '', over = '']) => withScripts(base, '', over)],
  ['msub', ([base = '', sub = '']) => withScripts(base, sub, '')],
  ['munder', ([base = '', under = '']) => withScripts(base, under, '')],
  ['msubsup', ([base = '', sub = '', sup = '']) => withScripts(base, sub, sup)],
  ['munderover', ([base = '', under = '', over = '']) => withScripts(base, under, over)],
  ['msqrt', (parts) => root('', joinTerms(parts))],
  ['mroot', ([radicand = '', degree = '']) => root(degree, radicand)],
  ['mfenced', (parts) => `(${parts.join(', ')})`],
  ['mtable', (rows) => `[${rows.join('; ')}]`],
  ['mtr', (cells) => cells.join(', ')],
  ['mspace', () => ' '],
]);

/** Returns a formula of MathML as text in one line. */
export function toLinearMath(element: HtmlElement, depth = 0): string {
  if (SKIPPED.has(element.tagName) || depth > MAX_DEPTH) return '';
  const parts: string[] = [];
  for (const child of element.childNodes) {
    if (isElement(child)) parts.push(toLinearMath(child, depth + 1));
    else if (isText(child) && child.value.trim() !== '') parts.push(plainLetters(child.value.trim()));
  }
  return RENDERERS.get(element.tagName)?.(parts) ?? joinTerms(parts);
}
