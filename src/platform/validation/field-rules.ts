/** One rule of a field: `test` answers true when the value keeps it. */
export interface FieldRule {
  name: string;
  test: (value: never) => boolean;
  message: string;
}

const createRule = <T>(name: string, message: string, test: (value: T) => boolean): FieldRule => ({
  name,
  message,
  test,
});

export const isString = createRule<unknown>(
  'string',
  'must be a string',
  (value) => typeof value === 'string',
);
export const isBoolean = createRule<unknown>(
  'boolean',
  'must be true or false',
  (value) => typeof value === 'boolean',
);
export const isObject = createRule<unknown>(
  'object',
  'must be an object',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
export const isInteger = createRule<unknown>('integer', 'must be a whole number', (value) =>
  Number.isInteger(value),
);

export const isArray = createRule<unknown>('list', 'must be a list', (value) => Array.isArray(value));

export const hasDistinctItems = createRule<unknown[]>(
  'distinct',
  'must not hold a value twice',
  (list) => new Set(list).size === list.length,
);

export const itemCount = (min: number, max: number): FieldRule =>
  createRule<unknown[]>(
    'list_size',
    min === 0 ? `must hold at most ${max} values` : `must hold ${min} to ${max} values`,
    (list) => list.length >= min && list.length <= max,
  );

/** The same rule for each value of a list. */
export const everyItem = ({ name, message, test }: FieldRule): FieldRule =>
  createRule<unknown[]>(name, `each value ${message}`, (list) => list.every((value) => test(value as never)));

/** No NUL, which PostgreSQL cannot store, and no half of a surrogate pair, which UTF-8 cannot. */
export const isWellFormed = createRule<string>(
  'well_formed',
  'must not contain NUL or broken Unicode',
  (value) => !value.includes('\0') && value.isWellFormed(),
);

/** What a person reads as one line: no line breaks or other controls, nothing that turns the writing direction. */
export const isOneLine = createRule<string>(
  'one_line',
  'must be one line without control characters',
  (value) => !/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u.test(value),
);

export const isVisible = createRule<string>('visible', 'must have a visible character', (value) =>
  /[\p{L}\p{N}\p{P}\p{S}]/u.test(value),
);

export const minLength = (min: number): FieldRule =>
  createRule<string>(
    'min_length',
    min === 1 ? 'must not be empty' : `must have at least ${min} characters`,
    (value) => min <= countCodePoints(value),
  );

export const maxLength = (max: number): FieldRule =>
  createRule<string>(
    'max_length',
    `must have at most ${max} characters`,
    (value) => countCodePoints(value) <= max,
  );

export const between = (min: number, max: number): FieldRule =>
  createRule<number>('range', `must be between ${min} and ${max}`, (value) => value >= min && value <= max);

export const matches = (pattern: RegExp, message: string, name = 'pattern'): FieldRule =>
  createRule<string>(name, message, (value) => pattern.test(value));

export const oneOf = (values: readonly string[]): FieldRule =>
  createRule<string>('choice', `must be one of ${values.join(', ')}`, (value) => values.includes(value));

export const customRule = <T>(name: string, message: string, test: (value: T) => boolean): FieldRule =>
  createRule(name, message, test);

/** Characters as a person counts them, near enough: code points. */
function countCodePoints(value: string): number {
  return [...value].length;
}
