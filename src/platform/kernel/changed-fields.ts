import { isDeepStrictEqual } from 'node:util';

/** Returns the fields of `requested` that differ from `current`. Undefined fields count as not requested. */
export function changedFields<Row extends object>(current: Row, requested: Partial<Row>): Partial<Row> {
  const fields = Object.entries(requested) as [keyof Row, unknown][];
  return Object.fromEntries(
    fields.filter(([field, value]) => value !== undefined && !isDeepStrictEqual(value, current[field])),
  ) as Partial<Row>;
}
