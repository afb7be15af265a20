import { isDeepStrictEqual } from 'node:util';

/** What of `asked` differs from `present`; what is undefined is not asked for. */
export function changedFields<Row extends object>(current: Row, requested: Partial<Row>): Partial<Row> {
  const fields = Object.entries(requested) as [keyof Row, unknown][];
  return Object.fromEntries(
    fields.filter(([field, value]) => value !== undefined && !isDeepStrictEqual(value, current[field])),
  ) as Partial<Row>;
}
