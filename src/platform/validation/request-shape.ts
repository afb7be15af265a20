import { type FieldError, MAX_FIELD_ERRORS } from '../errors/index.js';
import { isReservedName, MAX_FIELDS, reservedName } from './reserved-names.js';

export type RequestClass = new () => object;
type JsonObject = Record<string, unknown>;

/** What the value of a field may contain at most. */
export type FieldShape =
  | { kind: 'scalar'; emptyIsAbsent?: boolean }
  | { kind: 'list'; maxItems: number }
  | { kind: 'json'; maxBytes: number }
  | { kind: 'union' }
  | { kind: 'object'; type: () => RequestClass }
  | { kind: 'objectList'; type: () => RequestClass; maxItems: number }
  | { kind: 'readOnly' }
  | { kind: 'ignored' };

/** A field of a request class. */
type DeclaredField = FieldShape & {
  /** Returns whether a converted value keeps the rules of the field, without those of the fields of objects in it. */
  keepsRules: (value: unknown) => boolean;
};

const FIELDS_METADATA = Symbol('fields of a request class');
const MAX_READ_ONLY_BYTES = 64 * 1024;
/** Equal to no stored value, because PostgreSQL cannot store NUL. */
const DIFFERENT_VALUE = '\0';

/** Declares a field of a request class. By default it has no rules. */
export function declareField(
  shape: FieldShape,
  keepsRules: DeclaredField['keepsRules'] = () => true,
): PropertyDecorator {
  return (target, property) => {
    const inherited = Reflect.getMetadata(FIELDS_METADATA, target) as
      Record<string, DeclaredField> | undefined;
    Reflect.defineMetadata(FIELDS_METADATA, { ...inherited, [property]: { ...shape, keepsRules } }, target);
  };
}

/**
 * Returns a copy that has the fields of the class and no value larger than the field allows. A larger value is replaced by a
 * small one that breaks the same rule. Adds an error for each unknown field. Conversion and validation take time for each value
 * that they meet, several seconds for a body of 1 MiB; afterwards the time depends on the class and not on the body.
 */
export function pruneToShape(
  plain: object,
  metatype: RequestClass,
  errors: FieldError[],
  parent = '',
): JsonObject {
  const shapes = getShapes(metatype);
  const pruned: JsonObject = {};
  if (Object.keys(plain).length > MAX_FIELDS) {
    errors.push({ path: parent, rule: 'max_fields', message: `must have at most ${MAX_FIELDS} fields` });
    return pruned;
  }
  for (const [name, value] of Object.entries(plain)) {
    const path = parent ? `${parent}.${name}` : name;
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    if (shape && isAbsent(value, shape)) continue;
    if (shape) pruned[name] = pruneValue(value, shape, errors, path);
    else if (errors.length < MAX_FIELD_ERRORS)
      errors.push(isReservedName(name) ? reservedName(path) : unknownField(path));
  }
  return pruned;
}

/** Returns the shapes of the fields of a request class. */
export function getShapes(metatype: RequestClass): Record<string, FieldShape> {
  return getFields(metatype);
}

function getFields(metatype: RequestClass): Record<string, DeclaredField> {
  return (Reflect.getMetadata(FIELDS_METADATA, metatype.prototype as object) ?? {}) as Record<
    string,
    DeclaredField
  >;
}

/** Returns whether all fields of a converted object keep their rules, and those of the objects in it. */
export function keepsAllRules(converted: object, metatype: RequestClass): boolean {
  return Object.entries(getFields(metatype)).every(([name, field]) => {
    const value = (converted as JsonObject)[name];
    return field.keepsRules(value) && keepsRulesInside(value, field);
  });
}

/** `value` keeps the rules of its own field, so an object is one and a list has only objects, unless it may be missing. */
function keepsRulesInside(value: unknown, shape: FieldShape): boolean {
  if (value === undefined || value === null) return true;
  if (shape.kind === 'object') return keepsAllRules(value, shape.type());
  if (shape.kind !== 'objectList') return true;
  const type = shape.type();
  return (value as object[]).every((item) => keepsAllRules(item, type));
}

function isAbsent(value: unknown, shape: FieldShape): boolean {
  return (
    shape.kind === 'ignored' || (shape.kind === 'scalar' && shape.emptyIsAbsent === true && value === '')
  );
}

function pruneValue(value: unknown, shape: FieldShape, errors: FieldError[], path: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  switch (shape.kind) {
    case 'scalar':
      return withoutContent(value);
    case 'list':
      if (!Array.isArray(value)) return {};
      return value.slice(0, shape.maxItems + 1).map(withoutContent);
    case 'json':
      if (Array.isArray(value)) return [];
      return jsonBytes(value) <= shape.maxBytes ? value : { large: 'x'.repeat(shape.maxBytes) };
    case 'union':
      return value;
    case 'object':
      return Array.isArray(value) ? [] : pruneToShape(value, shape.type(), errors, path);
    case 'objectList':
      if (!Array.isArray(value)) return {};
      return value
        .slice(0, shape.maxItems + 1)
        .map((item: unknown, index) =>
          pruneValue(item, { kind: 'object', type: shape.type }, errors, `${path}.${index}`),
        );
    case 'readOnly':
      return jsonBytes(value) <= MAX_READ_ONLY_BYTES ? value : DIFFERENT_VALUE;
    case 'ignored':
      return undefined;
  }
}

const unknownField = (path: string): FieldError => ({
  path,
  rule: 'unknown_field',
  message: 'is not a known field',
});

/** Returns an empty list or object for a list or object, and any other value as it is. */
function withoutContent(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? [] : {};
}

function jsonBytes(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}
