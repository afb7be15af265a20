import { differences } from './compare.js';

/** Secrets and long values, with the part of each that a page shows. */
const SHORTENED: [RegExp, string][] = [
  [/\b(eyJ[\w-]{5})[\w-]*\.[\w-]+\.[\w-]*/g, '$1…'],
  [/\b((?:cursor|token|secret)=[\w-]{6})[\w-]{10,}/g, '$1…'],
  [/\b((?:[a-z]{2,8}_)(?=[\w-]*[A-Z\d])[\w-]{5})[\w-]{11,}/g, '$1…'],
  [/\b(xntr-[\w-]{6})[\w-]{80}/g, '$1…'],
  [/^([\w-]{12})[\w-]{188,}$/, '$1…'],
  [/^(data:[\w/+]+;base64,.{12}).*$/s, '$1…'],
  [/^(<!doctype html>).*$/is, '$1…'],
];

/** Returns a real value as a page shows it: secrets shortened, and cut where the page cut before. */
export function asShown(real: unknown, before: unknown): unknown {
  if (Array.isArray(real)) {
    const old = Array.isArray(before) ? before : [];
    const open = old.at(-1) === '…' && real.length >= old.length - 1;
    const items = open ? real.slice(0, old.length - 1) : real;
    return [...items.map((item, index) => asShown(item, old[index])), ...(open ? ['…'] : [])];
  }
  if (typeof real === 'object' && real !== null) {
    const old = (before ?? {}) as Record<string, unknown>;
    return Object.fromEntries(Object.entries(real).map(([key, value]) => [key, asShown(value, old[key])]));
  }
  return typeof real === 'string' ? textAsShown(real, before) : real;
}

function textAsShown(real: string, before: unknown): string {
  if (typeof before === 'string' && before.endsWith('…') && differences(before, real).length === 0) {
    return `${real.slice(0, before.length - 1)}…`;
  }
  return secretsShortened(real);
}

export function secretsShortened(text: string): string {
  return SHORTENED.reduce((shortened, [pattern, shown]) => shortened.replace(pattern, shown), text);
}

/** Returns header lines with the values of a response; names and order stay as they are on the page. */
export function headersAsShown(lines: string[], real: Record<string, string>): string[] {
  return lines.map((line) => {
    const name = line.slice(0, line.indexOf(':'));
    return `${name}: ${secretsShortened(real[name.toLowerCase()] ?? '')}`;
  });
}
