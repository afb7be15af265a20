import { Column } from 'typeorm';

/** A `timestamptz` column with milliseconds, the precision of a JavaScript `Date`. */
export function TimestampColumn(options: { nullable?: boolean } = {}): PropertyDecorator {
  return Column({ type: 'timestamptz', precision: 3, ...options });
}
