import { ModelFailure } from './model-failure.js';

/*
 * A provider's JSON is read field by field, without a schema: what we do not know is skipped and what is missing
 * has a neutral value, because providers add and omit fields at will, and because it happens once a token.
 */

/** Throws a {@link ModelFailure} for anything but JSON; the parser's own error would quote the provider. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ModelFailure('malformed_answer');
  }
}

export function readField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

export function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const MAX_NAME_LENGTH = 200;
const CONTROL_CHARACTERS = /\p{Cc}+/gu;

/** A name, of a model for one, as every column and index can keep it; empty for anything else. */
export function toStorableName(value: unknown): string {
  const name = toText(value).slice(0, MAX_NAME_LENGTH);
  return name.toWellFormed().replace(CONTROL_CHARACTERS, '');
}

const MAX_TOKEN_COUNT = 1e9;

/** A number of tokens; null for anything else, and for what no answer can have taken. */
export function toTokenCount(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= MAX_TOKEN_COUNT ? Math.round(value) : null;
}

/** The first of several alternatives an answer came with; those without an index count as the first. */
export function firstAlternative(alternatives: unknown): unknown {
  return toList(alternatives).find((one) => (readField(one, 'index') ?? 0) === 0);
}
