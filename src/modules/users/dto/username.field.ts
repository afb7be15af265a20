import { type FieldOptions, Text } from '@/platform/validation/fields.js';
import { USERNAME, USERNAME_MAX, USERNAME_MIN } from '../users.rules.js';

/** A username, trimmed and lower-cased. */
export function Username(options: FieldOptions = {}): PropertyDecorator {
  return Text({
    example: 'ada',
    ...options,
    trim: true,
    lowercase: true,
    min: USERNAME_MIN,
    max: USERNAME_MAX,
    pattern: USERNAME,
    patternMessage: 'may have letters, digits, dot, dash and underscore',
  });
}
