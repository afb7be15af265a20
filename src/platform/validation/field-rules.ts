import { isEmail } from 'class-validator';

/** One rule of a field. `test` returns whether the value keeps it. */
export interface FieldRule {
  name: string;
  message: string;
  test: (value: unknown) => boolean;
}

/** Creates a rule. A rule of type T must follow a rule that refuses every value of another type. */
export function customRule<T>(name: string, message: string, test: (value: T) => boolean): FieldRule {
  return { name, message, test: test as FieldRule['test'] };
}

export const isString = customRule<unknown>(
  'string',
  'must be a string',
  (value) => typeof value === 'string',
);
export const isBoolean = customRule<unknown>(
  'boolean',
  'must be true or false',
  (value) => typeof value === 'boolean',
);
export const isObject = customRule<unknown>(
  'object',
  'must be an object',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
export const isInteger = customRule<unknown>('integer', 'must be a whole number', (value) =>
  Number.isInteger(value),
);

export const isNumber = customRule<unknown>('number', 'must be a number', (value) => Number.isFinite(value));

export const isArray = customRule<unknown>('list', 'must be a list', (value) => Array.isArray(value));

export const hasDistinctItems = customRule<unknown[]>(
  'distinct',
  'must not hold a value twice',
  (list) => new Set(list).size === list.length,
);

export const itemCount = (min: number, max: number): FieldRule =>
  customRule<unknown[]>(
    'list_size',
    min === 0 ? `must hold at most ${max} values` : `must hold ${min} to ${max} values`,
    (list) => list.length >= min && list.length <= max,
  );

/** Applies a rule to each value of a list. */
export const everyItem = ({ name, message, test }: FieldRule): FieldRule =>
  customRule<unknown[]>(name, `each value ${message}`, (list) => list.every((value) => test(value)));

/** Refuses NUL, which PostgreSQL cannot store, and lone surrogates, which UTF-8 cannot encode. */
export const isWellFormed = customRule<string>(
  'well_formed',
  'must not contain NUL or broken Unicode',
  (value) => !value.includes('\0') && value.isWellFormed(),
);

/** Refuses line breaks, other control characters, and characters that change the writing direction. */
export const isOneLine = customRule<string>(
  'one_line',
  'must be one line without control characters',
  (value) => !/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u.test(value),
);

/** Quotation marks, angle brackets, and all characters that leave no mark: controls, formats, spaces and fillers. */
const NOT_IN_EMAIL_ADDRESS = /["<>\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** An address that looks like the one that mail goes to: one line, no quoted local part, no invisible characters. */
export const isEmailAddress = customRule<string>(
  'email',
  'must be an e-mail address',
  (value) => !NOT_IN_EMAIL_ADDRESS.test(value) && isEmail(value),
);

export const isVisible = customRule<string>('visible', 'must have a visible character', (value) =>
  /[\p{L}\p{N}\p{P}\p{S}]/u.test(value),
);

export const minLength = (min: number): FieldRule =>
  customRule<string>(
    'min_length',
    min === 1 ? 'must not be empty' : `must have at least ${min} characters`,
    (value) => value.length >= 2 * min || min <= countCodePoints(value),
  );

export const maxLength = (max: number): FieldRule =>
  customRule<string>(
    'max_length',
    `must have at most ${max} characters`,
    (value) => value.length <= max || (value.length <= 2 * max && countCodePoints(value) <= max),
  );

export const between = (min: number, max: number): FieldRule =>
  customRule<number>(
    'range',
    min === max ? `must be ${min}` : `must be between ${min} and ${max}`,
    (value) => value >= min && value <= max,
  );

export const matches = (pattern: RegExp, message: string, name = 'pattern'): FieldRule =>
  customRule<string>(name, message, (value) => pattern.test(value));

export const oneOf = (values: readonly string[]): FieldRule =>
  customRule<string>('choice', `must be one of ${values.join(', ')}`, (value) => values.includes(value));

/** Returns the number of code points, which is near the number of characters that a user sees. */
function countCodePoints(value: string): number {
  return [...value].length;
}
