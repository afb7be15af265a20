import { attribute, elementsIn, plainText } from './parse-html.js';
import type { HtmlElement } from './parse-html.js';

const WITHOUT_TEXT = new Set(['hidden', 'password', 'file', 'image', 'range', 'color']);
const LABELS: Readonly<Record<string, string>> = { submit: 'Submit', reset: 'Reset' };

/** Returns what a reader sees in a form field, and null for elements that are no form field. */
export function formValue(element: HtmlElement): string | null {
  switch (element.tagName) {
    case 'input':
      return inputValue(element);
    case 'textarea':
      return plainText(element);
    case 'select':
      return selectedOptions(element).join(', ');
    default:
      return null;
  }
}

function inputValue(element: HtmlElement): string {
  const type = attribute(element, 'type')?.toLowerCase() ?? 'text';
  if (WITHOUT_TEXT.has(type)) return '';
  if (type === 'checkbox' || type === 'radio') return attribute(element, 'checked') === null ? '☐' : '☒';
  return attribute(element, 'value') ?? (Object.hasOwn(LABELS, type) ? (LABELS[type] ?? '') : '');
}

function selectedOptions(select: HtmlElement): string[] {
  const options = [...elementsIn(select)].filter((element) => element.tagName === 'option');
  const selected = options.filter((option) => attribute(option, 'selected') !== null);
  if (attribute(select, 'multiple') !== null) return selected.map(labelOf);
  return (selected.length > 0 ? selected.slice(-1) : options.slice(0, 1)).map(labelOf);
}

function labelOf(option: HtmlElement): string {
  return attribute(option, 'label') ?? plainText(option);
}
