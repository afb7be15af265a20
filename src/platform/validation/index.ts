export { PathId } from './path-id.js';
export { customRule, isVisible } from './field-rules.js';
export { ObjectField, ObjectListField, JsonObjectField } from './object-fields.js';
export { OAuthForm } from './oauth-form.js';
export { IgnoredField, ReadOnlyField, assertUnchanged } from './read-only-fields.js';
export {
  BooleanField,
  EnumField,
  EnumListField,
  IdField,
  IntegerField,
  QueryIntegerField,
  TimestampField,
} from './scalar-fields.js';
export { EmailField, NameField, TextField, TextListField, type TextFieldOptions } from './text-fields.js';
export type { FieldOptions } from './validated-field.js';
