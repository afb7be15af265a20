import type { FieldError } from '../errors/index.js';

const MAX_FIELDS = 1000;

/**
 * Returns errors for names that must not reach class-transformer. It drops some names of `Object.prototype` silently and calls
 * others, and its search for duplicate names takes quadratic time. The body parser limits the depth.
 */
export function findReservedNames(value: unknown, parent = ''): FieldError[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  if (!Array.isArray(value) && entries.length > MAX_FIELDS) {
    return [{ path: parent, rule: 'max_fields', message: `must have at most ${MAX_FIELDS} fields` }];
  }
  return entries.flatMap(([name, inner]) => {
    const path = parent ? `${parent}.${name}` : name;
    if (name in Object.prototype) return [{ path, rule: 'reserved_name', message: 'is a reserved name' }];
    return findReservedNames(inner, path);
  });
}
