import { findReservedNames } from './reserved-names.js';

const parse = (json: string): unknown => JSON.parse(json) as unknown;

describe('reserved names', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'])(
    'include %s at every depth',
    (name) => {
      const errors = findReservedNames(parse(`{"a":[{"b":{"${name}":1}}],"${name}":2}`));
      expect(errors.map(({ path, rule }) => [path, rule])).toEqual([
        [`a.0.b.${name}`, 'reserved_name'],
        [name, 'reserved_name'],
      ]);
    },
  );

  it('do not include names of fields', () => {
    const body = { proto: 1, prototype: {}, Constructor: [], length: 3, name: null, then: true, '': 0 };
    expect(findReservedNames(body)).toEqual([]);
  });

  it.each([undefined, null, 'constructor', 7, true, [], {}])('are not in %j', (value) => {
    expect(findReservedNames(value)).toEqual([]);
  });

  it('are not searched below a reserved name', () => {
    expect(findReservedNames(parse('{"constructor":{"toString":{"valueOf":1}}}'))).toHaveLength(1);
  });

  it('are not searched in an object with more than 1000 fields, which is refused', () => {
    const fields = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`field${index}`, index]));
    expect(findReservedNames(fields(1000))).toEqual([]);
    expect(findReservedNames({ list: [fields(1001)] })).toEqual([
      { path: 'list.0', rule: 'max_fields', message: 'must have at most 1000 fields' },
    ]);
  });

  it('do not limit the length of a list, which the body parser limits', () => {
    expect(findReservedNames({ list: Array.from({ length: 5000 }, () => 1) })).toEqual([]);
  });
});
