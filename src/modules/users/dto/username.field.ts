import { type FieldOptions, TextField } from '@/platform/validation/fields.js';
import { USERNAME_PATTERN, USERNAME_MAX_LENGTH, USERNAME_MIN_LENGTH } from '../users.rules.js';

/** A username, trimmed and lower-cased. */
export function UsernameField(options: FieldOptions = {}): PropertyDecorator {
  return TextField({
    example: 'ada',
    ...options,
    trim: true,
    lowercase: true,
    min: USERNAME_MIN_LENGTH,
    max: USERNAME_MAX_LENGTH,
    pattern: USERNAME_PATTERN,
    patternMessage: 'may have letters, digits, dot, dash and underscore',
  });
}
