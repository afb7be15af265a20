import { setImmediate as nextTurn } from 'node:timers/promises';
import { type FieldError, MAX_FIELD_ERRORS } from '../errors/index.js';
import { itemCount } from './field-rules.js';
import { getShapes, type RequestClass } from './request-shape.js';

/** Converting and validating so many items takes a few milliseconds. */
const SLICE_LENGTH = 200;

/** A long list of objects in a request. */
export interface LongList {
  field: string;
  items: unknown[];
  type: RequestClass;
  maxItems: number;
}

/** Converts one item to its class and adds the errors of its fields, whose paths begin with `path`. */
type ConvertItem = (item: unknown, type: RequestClass, path: string, errors: FieldError[]) => unknown;

/** Takes the long lists of objects out of a pruned request, in which empty lists remain. */
export function takeLongLists(pruned: Record<string, unknown>, requestClass: RequestClass): LongList[] {
  const longLists: LongList[] = [];
  for (const [field, shape] of Object.entries(getShapes(requestClass))) {
    const items = pruned[field];
    if (shape.kind !== 'objectList' || !Array.isArray(items) || items.length <= SLICE_LENGTH) continue;
    longLists.push({ field, items, type: shape.type(), maxItems: shape.maxItems });
    pruned[field] = [];
  }
  return longLists;
}

/**
 * Converts the items of long lists into `request`, slice by slice: other requests are served between the slices. Returns the
 * errors.
 */
export async function convertLongLists(
  request: object,
  longLists: LongList[],
  convert: ConvertItem,
): Promise<FieldError[]> {
  const errors: FieldError[] = [];
  for (const { field, items, type, maxItems } of longLists) {
    const { name, message, test } = itemCount(0, maxItems);
    if (!test(items)) {
      errors.push({ path: field, rule: name, message });
      continue;
    }
    const converted: unknown[] = [];
    for (let start = 0; start < items.length && errors.length < MAX_FIELD_ERRORS; start += SLICE_LENGTH) {
      await nextTurn();
      for (const item of items.slice(start, start + SLICE_LENGTH))
        converted.push(convert(item, type, `${field}.${converted.length}`, errors));
    }
    Object.assign(request, { [field]: converted });
  }
  return errors;
}
