import { isDeepStrictEqual } from 'node:util';

/** What of `asked` differs from `present`; what is undefined is not asked for. */
export function differing<Row extends object>(present: Row, asked: Partial<Row>): Partial<Row> {
  const fields = Object.entries(asked) as [keyof Row, unknown][];
  return Object.fromEntries(
    fields.filter(([field, value]) => value !== undefined && !isDeepStrictEqual(value, present[field])),
  ) as Partial<Row>;
}
