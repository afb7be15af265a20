import fc from 'fast-check';
import {
  firstAlternative,
  parseJson,
  readField,
  toList,
  toStorableName,
  toText,
  toTokenCount,
} from './json-fields.js';
import { ModelFailure } from './model-failure.js';

const NOT_OBJECTS = [undefined, null, 0, 1, true, '', 'text', Symbol('s')];

describe('parseJson', () => {
  it('returns what JSON.stringify wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each(['', ' ', '{', '{"a":1}}', "{'a':1}", 'undefined', '[1,]', 'sk-secret'])(
    'throws malformed_answer for %j',
    (text) => {
      expect(() => parseJson(text)).toThrow(new ModelFailure('malformed_answer'));
    },
  );

  it('does not quote the invalid text in its error', () => {
    const secret = 'Bearer sk-secret';
    let thrown: unknown;
    try {
      parseJson(secret);
    } catch (error) {
      thrown = error;
    }
    expect(JSON.stringify(thrown, Object.getOwnPropertyNames(thrown))).not.toContain(secret);
  });
});

describe('readField', () => {
  it('returns undefined for every value that is no object', () => {
    for (const value of NOT_OBJECTS) expect(readField(value, 'length')).toBeUndefined();
  });

  it('returns the value of a field, also a falsy one', () => {
    expect(readField({ a: 0, b: null }, 'a')).toBe(0);
    expect(readField({ a: 0, b: null }, 'b')).toBeNull();
    expect(readField({}, 'a')).toBeUndefined();
  });
});

describe('toList and toText', () => {
  it('return a neutral value for any other type', () => {
    for (const value of [...NOT_OBJECTS, {}, { length: 1 }]) expect(toList(value)).toEqual([]);
    for (const value of [undefined, null, 5, true, {}, ['text'], new String('text')])
      expect(toText(value)).toBe('');
  });

  it('return lists and strings unchanged', () => {
    const list = [1, null];
    expect(toList(list)).toBe(list);
    expect(toText('\ud800\u0000')).toBe('\ud800\u0000');
  });
});

describe('toStorableName', () => {
  it('returns a well-formed text of at most 200 characters without control characters for any string', () => {
    const unit = fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 400 }), (text) => {
        const name = toStorableName(text);
        expect(name.length).toBeLessThanOrEqual(200);
        expect(name.isWellFormed()).toBe(true);
        expect(name).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it('returns an ordinary name unchanged', () => {
    expect(toStorableName('models/gemini-2.5-flash@latest')).toBe('models/gemini-2.5-flash@latest');
  });

  it('replaces half of a surrogate pair that the limit cuts off', () => {
    expect(toStorableName(`${'x'.repeat(199)}👋`)).toBe(`${'x'.repeat(199)}\ufffd`);
  });

  it.each([[undefined], [null], [5], [{}], [['name']], ['\u0000\u0007\n']])(
    'returns an empty name for %j',
    (value) => {
      expect(toStorableName(value)).toBe('');
    },
  );
});

describe('toTokenCount', () => {
  it.each([
    [0, 0],
    [7, 7],
    [1.5, 2],
    [0.4, 0],
    [1e9, 1e9],
    [-0, 0],
  ])('returns %d as %d', (value, count) => {
    expect(toTokenCount(value)).toBe(count === 0 ? Math.round(value) : count);
  });

  it.each([[-1], [-0.1], [1e9 + 1], [1e300], [NaN], [Infinity], ['7'], [null], [undefined], [[7]], [7n]])(
    'returns null for %p',
    (value) => {
      expect(toTokenCount(value)).toBeNull();
    },
  );
});

describe('firstAlternative', () => {
  it('returns the alternative with index 0, wherever it is', () => {
    const second = { index: 1 };
    const first = { index: 0 };
    expect(firstAlternative([second, first])).toBe(first);
  });

  it('counts a missing or null index as 0', () => {
    const unnumbered = { text: 'a' };
    expect(firstAlternative([{ index: 2 }, unnumbered])).toBe(unnumbered);
    expect(firstAlternative([{ index: null }])).toEqual({ index: null });
  });

  it('returns undefined without such an alternative', () => {
    for (const value of [undefined, null, {}, [], [{ index: 1 }], [{ index: '0' }]])
      expect(firstAlternative(value)).toBeUndefined();
  });
});
