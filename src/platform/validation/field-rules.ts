/** One rule of a field: `test` answers true when the value keeps it. */
export interface Check {
  rule: string;
  test: (value: never) => boolean;
  message: string;
}

const check = <T>(rule: string, message: string, test: (value: T) => boolean): Check => ({
  rule,
  message,
  test,
});

export const isString = check<unknown>('string', 'must be a string', (value) => typeof value === 'string');
export const isBoolean = check<unknown>(
  'boolean',
  'must be true or false',
  (value) => typeof value === 'boolean',
);
export const isObject = check<unknown>(
  'object',
  'must be an object',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
export const isWholeNumber = check<unknown>('integer', 'must be a whole number', (value) =>
  Number.isInteger(value),
);

export const isList = check<unknown>('list', 'must be a list', (value) => Array.isArray(value));

export const isDistinct = check<unknown[]>(
  'distinct',
  'must not hold a value twice',
  (list) => new Set(list).size === list.length,
);

export const holds = (least: number, most: number): Check =>
  check<unknown[]>(
    'list_size',
    least === 0 ? `must hold at most ${most} values` : `must hold ${least} to ${most} values`,
    (list) => list.length >= least && list.length <= most,
  );

/** The same rule for each value of a list. */
export const every = ({ rule, message, test }: Check): Check =>
  check<unknown[]>(rule, `each value ${message}`, (list) => list.every((value) => test(value as never)));

/** No NUL, which PostgreSQL cannot store, and no half of a surrogate pair, which UTF-8 cannot. */
export const isWellFormed = check<string>(
  'well_formed',
  'must not contain NUL or broken Unicode',
  (value) => !value.includes('\0') && value.isWellFormed(),
);

/** What a person reads as one line: no line breaks or other controls, nothing that turns the writing direction. */
export const isOneLine = check<string>(
  'one_line',
  'must be one line without control characters',
  (value) => !/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u.test(value),
);

export const isVisible = check<string>('visible', 'must have a visible character', (value) =>
  /[\p{L}\p{N}\p{P}\p{S}]/u.test(value),
);

export const atLeast = (min: number): Check =>
  check<string>(
    'min_length',
    min === 1 ? 'must not be empty' : `must have at least ${min} characters`,
    (value) => min <= length(value),
  );

export const atMost = (max: number): Check =>
  check<string>('max_length', `must have at most ${max} characters`, (value) => length(value) <= max);

export const between = (min: number, max: number): Check =>
  check<number>('range', `must be between ${min} and ${max}`, (value) => value >= min && value <= max);

export const matches = (pattern: RegExp, message: string, rule = 'pattern'): Check =>
  check<string>(rule, message, (value) => pattern.test(value));

export const oneOf = (values: readonly string[]): Check =>
  check<string>('choice', `must be one of ${values.join(', ')}`, (value) => values.includes(value));

export const that = <T>(rule: string, message: string, test: (value: T) => boolean): Check =>
  check(rule, message, test);

/** Characters as a person counts them, near enough: code points. */
function length(value: string): number {
  return [...value].length;
}
