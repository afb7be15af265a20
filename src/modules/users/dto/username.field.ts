import { type FieldOptions, TextField } from '@/platform/validation/index.js';
import { USERNAME_PATTERN, USERNAME_MAX_LENGTH, USERNAME_MIN_LENGTH } from '../users.rules.js';

/** Declares a username field; the value is trimmed and converted to lower case. */
export function UsernameField(options: FieldOptions = {}): PropertyDecorator {
  return TextField({
    ...(options.optional ? {} : { example: 'ada' }),
    ...options,
    trim: true,
    lowercase: true,
    min: USERNAME_MIN_LENGTH,
    max: USERNAME_MAX_LENGTH,
    pattern: USERNAME_PATTERN,
    patternMessage: 'may contain only letters, digits, dots, dashes and underscores',
  });
}
