import { ModelFailure } from './model-failure.js';

/*
 * The JSON of providers is read field by field, without a schema: providers add and omit fields, so unknown fields are
 * skipped and missing ones have a neutral value. This code runs once a token.
 */

/** Throws `malformed_answer` for invalid JSON. The error of `JSON.parse` would quote the provider. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ModelFailure('malformed_answer');
  }
}

/** Returns undefined for a missing field and for a value that is no object. */
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

/**
 * Returns a name that can be stored: at most 200 characters, well formed, without control characters. Empty for any
 * other type.
 */
export function toStorableName(value: unknown): string {
  const name = toText(value).slice(0, MAX_NAME_LENGTH);
  return name.toWellFormed().replace(CONTROL_CHARACTERS, '');
}

const MAX_TOKEN_COUNT = 1e9;

/** Returns a rounded token count; null for anything but a number from 0 to 1e9. */
export function toTokenCount(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= MAX_TOKEN_COUNT ? Math.round(value) : null;
}

/** Returns the alternative with index 0. A missing index counts as 0. */
export function firstAlternative(alternatives: unknown): unknown {
  return toList(alternatives).find((one) => (readField(one, 'index') ?? 0) === 0);
}
