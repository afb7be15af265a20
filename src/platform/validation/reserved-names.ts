import { type FieldError, MAX_FIELD_ERRORS } from '../errors/index.js';

/** Maximum number of fields of an object. */
export const MAX_FIELDS = 1000;

export const isReservedName = (name: string): boolean => name in Object.prototype;

export const reservedName = (path: string): FieldError => ({
  path,
  rule: 'reserved_name',
  message: 'is a reserved name',
});

/**
 * Returns errors for names that must not reach class-transformer. It drops some names of `Object.prototype` silently and calls
 * others, and its search for duplicate names takes quadratic time. The body parser limits the depth.
 */
export function findReservedNames(value: unknown): FieldError[] {
  const errors: FieldError[] = [];
  if (typeof value === 'object' && value !== null) collectReservedNames(value, '', errors);
  return errors;
}

function collectReservedNames(value: object, parent: string, errors: FieldError[]): void {
  const names = Object.keys(value);
  if (!Array.isArray(value) && names.length > MAX_FIELDS) {
    errors.push({ path: parent, rule: 'max_fields', message: `must have at most ${MAX_FIELDS} fields` });
    return;
  }
  for (const name of names) {
    if (errors.length >= MAX_FIELD_ERRORS) return;
    const child = (value as Record<string, unknown>)[name];
    if (isReservedName(name)) errors.push(reservedName(toPath(parent, name)));
    else if (typeof child === 'object' && child !== null)
      collectReservedNames(child, toPath(parent, name), errors);
  }
}

function toPath(parent: string, name: string): string {
  return parent ? `${parent}.${name}` : name;
}
