import { toLetters, toRoman } from '@/modules/knowledge/extraction/number-formats.js';
import { attribute, isElement } from './parse-html.js';
import type { HtmlElement } from './parse-html.js';

/** A list while its items are read. */
export interface OpenList {
  format: (value: number) => string;
  next: number;
  step: 1 | -1;
}

const FORMATS: Readonly<Record<string, (value: number) => string>> = {
  a: toLetters,
  A: (value) => toLetters(value).toUpperCase(),
  i: toRoman,
  I: (value) => toRoman(value).toUpperCase(),
  'lower-alpha': toLetters,
  'lower-latin': toLetters,
  'upper-alpha': (value) => toLetters(value).toUpperCase(),
  'upper-latin': (value) => toLetters(value).toUpperCase(),
  'lower-roman': toRoman,
  'upper-roman': (value) => toRoman(value).toUpperCase(),
  'decimal-leading-zero': (value) => String(value).padStart(2, '0'),
};

export function openList(element: HtmlElement, values: ReadonlyMap<string, string>): OpenList {
  const isReversed = attribute(element, 'reversed') !== null;
  const start = toInteger(attribute(element, 'start'));
  return {
    format: markerFormat(element, values),
    next: start ?? (isReversed ? countItems(element) : 1),
    step: isReversed ? -1 : 1,
  };
}

/** Returns the sign or number before an item, with a space after it, and counts the item. */
export function takeMarker(list: OpenList, item: HtmlElement): string {
  const value = toInteger(attribute(item, 'value')) ?? list.next;
  list.next = value + list.step;
  return list.format(value);
}

function markerFormat(element: HtmlElement, values: ReadonlyMap<string, string>): (value: number) => string {
  const style = values.get('list-style-type') ?? values.get('list-style') ?? '';
  if (style.split(/\s+/).includes('none')) return () => '';
  if (element.tagName !== 'ol') return () => '• ';
  const named = style.split(/\s+/).find((word) => Object.hasOwn(FORMATS, word));
  const key = named ?? attribute(element, 'type') ?? '';
  const format = Object.hasOwn(FORMATS, key) ? FORMATS[key] : undefined;
  return (value) => `${(format ?? String)(value)}. `;
}

function toInteger(value: string | null): number | null {
  const digits = /^\s*([+-]?\d{1,9})/.exec(value ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

function countItems(list: HtmlElement): number {
  return list.childNodes.filter((child) => isElement(child) && child.tagName === 'li').length;
}
