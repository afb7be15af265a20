export { PathId } from './path-id.js';
export { Body, Query } from './request-parameters.js';
export { customRule, isVisible, type FieldRule } from './field-rules.js';
export { ObjectField, ObjectListField, JsonObjectField, UnionField } from './object-fields.js';
export { OAuthForm } from './oauth-form.js';
export { IgnoredField, ReadOnlyField, assertUnchanged } from './read-only-fields.js';
export {
  BooleanField,
  EnumField,
  EnumListField,
  IdField,
  IntegerField,
  NumberField,
  QueryIntegerField,
  TimestampField,
} from './scalar-fields.js';
export { EmailField, NameField, TextField, TextListField, type TextFieldOptions } from './text-fields.js';
export type { FieldOptions } from './validated-field.js';
