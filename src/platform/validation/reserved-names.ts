import type { FieldError } from '../errors/index.js';

const MAX_FIELDS = 1000;

/**
 * Names in a body or query that must not reach the transformer: those every object inherits (it drops some of
 * them silently and calls others), and so many in one object that its quadratic search for doubles takes
 * seconds. Nesting is bounded by the body parser.
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
