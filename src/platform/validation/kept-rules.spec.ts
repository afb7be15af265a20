import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { keepsAllRules } from './request-shape.js';
import {
  BooleanField,
  EnumListField,
  IdField,
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

class Street {
  @TextField({ max: 5 })
  name!: string;
}

class Address {
  @TextField({ max: 5, nullable: true })
  city!: string | null;

  @ObjectField(() => Street, { optional: true, nullable: true })
  street?: Street | null;
}

class Base {
  @TextField({ optional: true, hint: true, max: 4 })
  text?: string;

  @TextListField({ optional: true, max: 3, maxItems: 2 })
  texts?: string[];

  @EnumListField(['a', 'b'], { optional: true })
  choices?: string[];

  @TimestampField({ optional: true })
  at?: Date;

  @IdField({ optional: true, nullable: true })
  id?: string | null;
}

class EveryKind extends Base {
  @IntegerField({ min: 1, max: 5 })
  integer!: number;

  @BooleanField({ optional: true })
  flag?: boolean;

  @JsonObjectField({ optional: true, maxBytes: 30 })
  json?: object;

  @ObjectField(() => Address, { optional: true })
  address?: Address;

  @ObjectListField(() => Address, { optional: true, nullable: true, maxItems: 2 })
  addresses?: Address[] | null;

  @ReadOnlyField()
  readOnly?: unknown;

  @IgnoredField()
  ignored?: unknown;
}

const VALUES: unknown[] = [
  undefined,
  null,
  '',
  'abc',
  'abcde',
  'a\0',
  0,
  1,
  6,
  true,
  '2036-01-01T00:00:00.000Z',
  '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11',
  [],
  ['a'],
  ['a', 'a'],
  ['a', 'b', 'c'],
  [null],
  {},
  { city: null },
  { city: 'Rome' },
  { city: 'London' },
  { city: 'Rome', street: null },
  { city: 'Rome', street: { name: 'Via' } },
  { city: 'Rome', street: { name: 7 } },
  { city: 'Rome', street: 'Via' },
  [{ city: 'Rome' }],
  [{ city: 'Rome' }, { city: 7 }],
  [{ city: 'Rome' }, 'Rome'],
  [{ city: 'Rome' }, { city: 'Rome' }, { city: 'Rome' }],
];

const FIELDS = [
  ...['integer', 'text', 'texts', 'choices', 'at', 'id', 'flag', 'json', 'address', 'addresses'],
  ...['readOnly', 'ignored'],
];

describe('the rules of a request class', () => {
  it.each(FIELDS)('are kept in %s exactly when class-validator finds no error', (field) => {
    const [kept, found] = [keepsAllRules, findsNoError].map((check) =>
      VALUES.map((value) => check(plainToInstance(EveryKind, { integer: 1, [field]: value }), EveryKind)),
    );
    expect(kept).toEqual(found);
  });

  it('include those of absent fields', () => {
    expect(keepsAllRules(new EveryKind(), EveryKind)).toBe(false);
    expect(keepsAllRules(new Base(), Base)).toBe(true);
  });
});

function findsNoError(converted: object): boolean {
  return validateSync(converted, { forbidUnknownValues: false }).length === 0;
}
