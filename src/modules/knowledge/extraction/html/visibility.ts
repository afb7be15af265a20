import { looksLike, parseColor } from './css-colors.js';
import type { Color } from './css-colors.js';
import { attribute } from './parse-html.js';
import type { HtmlElement } from './parse-html.js';

/** What an element passes on to its descendants. */
export interface Visibility {
  /** Nothing inside is shown, whatever the descendants say. */
  removed: boolean;
  /** Text is not shown, but a descendant may show itself again. */
  invisible: boolean;
  fontSizeZero: boolean;
  /** Null where the colour was not understood. */
  color: Color | 'transparent' | null;
  /** The colour behind the text; null where it cannot be told. */
  background: Color | null;
}

const BLACK: Color = [0, 0, 0];
const WHITE: Color = [255, 255, 255];

/** `isStyledElsewhere` tells that the page has style sheets which are not in the file. */
export function initialVisibility(isStyledElsewhere: boolean): Visibility {
  return {
    removed: false,
    invisible: false,
    fontSizeZero: false,
    color: BLACK,
    background: isStyledElsewhere ? null : WHITE,
  };
}

export function isShown(visibility: Visibility): boolean {
  if (visibility.removed || visibility.invisible || visibility.fontSizeZero) return false;
  const { color, background } = visibility;
  if (color === 'transparent') return false;
  return color === null || background === null || !looksLike(color, background);
}

/** Returns the visibility of an element with these style values inside of `parent`. */
export function visibilityOf(
  element: HtmlElement,
  values: ReadonlyMap<string, string>,
  parent: Visibility,
): Visibility {
  // Pages hide their body until they are loaded; a script then shows it.
  const isBody = element.tagName === 'body';
  return {
    removed: parent.removed || (!isBody && isRemoved(element, values)),
    invisible: !isBody && isInvisible(values.get('visibility'), parent.invisible),
    fontSizeZero: hasNoSize(values.get('font-size'), parent.fontSizeZero),
    color: colorOf(element, values, parent),
    background: backgroundOf(element, values, parent.background),
  };
}

function isRemoved(element: HtmlElement, values: ReadonlyMap<string, string>): boolean {
  const display = values.get('display');
  if (display === 'none') return true;
  if (element.tagName === 'dialog' && attribute(element, 'open') === null && display === undefined)
    return true;
  const hidden = attribute(element, 'hidden');
  if (hidden !== null && hidden.toLowerCase() !== 'until-found' && display === undefined) return true;
  const opacity = values.get('opacity');
  return (opacity !== undefined && Number.parseFloat(opacity) === 0) || isOffScreen(values);
}

/** Distances of this many pixels move text out of each screen. */
const FAR = -900;

function isOffScreen(values: ReadonlyMap<string, string>): boolean {
  const isFar = (property: string): boolean => toPixels(values.get(property)) <= FAR;
  if (isFar('text-indent')) return true;
  const position = values.get('position');
  const isMoved = position === 'absolute' || position === 'fixed' || position === 'relative';
  return isFar('margin-left') || (isMoved && ['left', 'right', 'top'].some(isFar));
}

function toPixels(value: string | undefined): number {
  const parts = /^(-?[\d.]+)(px|em|rem|pt|%|vw|vh)?$/.exec(value ?? '');
  const number = Number(parts?.[1] ?? 0);
  return parts?.[2] === 'em' || parts?.[2] === 'rem' ? number * 16 : number;
}

function isInvisible(value: string | undefined, inherited: boolean): boolean {
  if (value === 'hidden' || value === 'collapse') return true;
  return value === 'visible' || value === 'initial' ? false : inherited;
}

function hasNoSize(value: string | undefined, inherited: boolean): boolean {
  if (value === undefined || value === 'inherit') return inherited;
  const isRelative = /(em|%|smaller|larger)$/.test(value) && !value.endsWith('rem');
  return Number.parseFloat(value) === 0 || (isRelative && inherited);
}

/** Colours that browsers give to elements, which therefore do not inherit one. */
const LINK: Color = [0, 0, 238];
const OWN_COLORS = new Map<string, Color>([
  ['a', LINK],
  ['mark', BLACK],
  ['button', BLACK],
  ['input', BLACK],
  ['textarea', BLACK],
  ['select', BLACK],
]);

function colorOf(
  element: HtmlElement,
  values: ReadonlyMap<string, string>,
  parent: Visibility,
): Visibility['color'] {
  const name = element.tagName === 'body' ? 'text' : 'color';
  const value = values.get('color') ?? presentational(element, name);
  if (value === 'inherit' || value === 'currentcolor') return parent.color;
  return value === null ? (OWN_COLORS.get(element.tagName) ?? parent.color) : parseColor(value);
}

function backgroundOf(
  element: HtmlElement,
  values: ReadonlyMap<string, string>,
  inherited: Color | null,
): Color | null {
  const image = values.get('background-image');
  if (image !== undefined && image !== 'none') return null;
  const value =
    values.get('background') ?? values.get('background-color') ?? presentational(element, 'bgcolor');
  const isPainted = OWN_COLORS.has(element.tagName) && element.tagName !== 'a';
  if (value === null && isPainted) return null;
  if (value === null || value === 'none' || value === 'inherit') return inherited;
  const color = parseColor(value);
  return color === 'transparent' ? inherited : color;
}

/** Attributes of old pages, such as `bgcolor`, whose digits may lack their number sign. */
function presentational(element: HtmlElement, name: string): string | null {
  if (name === 'color' && element.tagName !== 'font') return null;
  const value = attribute(element, name);
  return value !== null && /^([\da-f]{3}|[\da-f]{6})$/i.test(value) ? `#${value}` : value;
}
