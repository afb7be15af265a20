import type { FieldError } from '../errors/index.js';
import { RequestPipe } from './request-pipe.js';
import {
  BooleanField,
  EnumField,
  EnumListField,
  IgnoredField,
  IntegerField,
  JsonObjectField,
  ObjectField,
  ObjectListField,
  ReadOnlyField,
  TextField,
  TextListField,
  TimestampField,
} from './index.js';

class Address {
  @TextField({ max: 5 })
  city!: string;
}

class EveryKind {
  @TextField({ optional: true, hint: true, max: 4 })
  text?: string = 'abc';

  @TextListField({ optional: true, max: 3, maxItems: 2 })
  texts?: string[];

  @EnumField(['a', 'b'], { optional: true })
  choice?: string;

  @EnumListField(['a', 'b'], { optional: true })
  choices?: string[];

  @TimestampField({ optional: true })
  at?: Date;

  @BooleanField({ optional: true })
  flag?: boolean;

  @IntegerField({ optional: true, min: 1, max: 5 })
  integer?: number;

  @JsonObjectField({ optional: true, maxBytes: 30 })
  json?: object;

  @ObjectField(() => Address, { optional: true })
  address?: Address;

  @ObjectListField(() => Address, { optional: true, maxItems: 2 })
  addresses?: Address[];

  @ReadOnlyField()
  readOnly?: unknown;

  @IgnoredField()
  ignored?: unknown;
}

const FIELDS = [
  'text',
  'texts',
  'choice',
  'choices',
  'at',
  'flag',
  'integer',
  'json',
  'address',
  'addresses',
];

function transform(body: object): EveryKind {
  return new RequestPipe().transform(body, { type: 'body', metatype: EveryKind }) as EveryKind;
}

/** Returns path and rule of each invalid field. */
function errorsOf(body: object): string[] {
  try {
    transform(body);
    return [];
  } catch (error) {
    const { fields } = (error as { detail: { fields: FieldError[] } }).detail;
    return fields.map(({ path, rule }) => `${path}: ${rule}`);
  }
}

/** Without bounds, class-transformer and class-validator spend 500 to 4,000 ms of processor time on these values. */
const MAX_CPU_MS = 250;

const manyFields = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`field${index}`, 1]));
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('the shape of a request', () => {
  it.each<[string, unknown]>([
    ['objects', Array.from({ length: 24_000 }, () => ({ city: 7 }))],
    ['empty objects', Array.from({ length: 48_000 }, () => ({}))],
    ['reserved names', Array.from({ length: 24_000 }, () => ({ toString: 1 }))],
    ['lists', Array.from({ length: 48_000 }, () => [])],
    ['objects with many fields', Array.from({ length: 48 }, () => manyFields(990))],
    ['nested objects', Array.from({ length: 1600 }, () => JSON.parse(nested(28)) as object)],
    ['texts', Array.from({ length: 48_000 }, (_, index) => `text ${index}`)],
  ])('limits the time for any field with many %s', (_what, value) => {
    for (const field of [...FIELDS, 'unknown']) {
      const before = process.cpuUsage();
      expect(errorsOf({ [field]: value })[0]).toMatch(new RegExp(`^${field}[:.]`));
      expect([field, process.cpuUsage(before).user / 1000 < MAX_CPU_MS]).toEqual([field, true]);
    }
  });

  it('replaces a large read-only value by a different one, and drops an ignored one', () => {
    const value = Array.from({ length: 40_000 }, () => 1);
    expect(transform({ readOnly: value, ignored: value })).toEqual({ text: 'abc', readOnly: '\0' });
    expect(transform({ readOnly: [1] }).readOnly).toEqual([1]);
  });

  it('takes the empty text of a hint as absent', () => {
    expect(transform({ text: '' }).text).toBe('abc');
    expect(errorsOf({ choice: '' })).toEqual(['choice: choice']);
  });
});
