import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync, type ValidatorOptions } from 'class-validator';
import { type FieldError, invalidField, validationFailed } from '../errors/index.js';
import { convertLongLists, takeLongLists } from './long-lists.js';
import { isOAuthForm, readOAuthForm } from './oauth-form.js';
import { keepsAllRules, pruneToShape, type RequestClass } from './request-shape.js';
import { findReservedNames } from './reserved-names.js';
import { parseRuleMessage } from './validated-field.js';

const BUILT_IN_TYPES: unknown[] = [String, Number, Boolean, Object, Array, undefined];
const VALIDATOR_OPTIONS: ValidatorOptions = {
  forbidUnknownValues: false,
  validationError: { target: false, value: false },
};

/** Converts a body or query to its request class. Throws 400 `validation_failed` with the invalid fields. */
@Injectable()
export class RequestPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (type === 'custom' || BUILT_IN_TYPES.includes(metatype)) return value;
    const plain = value ?? {};
    if (typeof plain !== 'object' || Array.isArray(plain)) {
      throw invalidField('', 'object', 'must be a JSON object');
    }
    const requestClass = metatype as RequestClass;
    const unknownFields: FieldError[] = [];
    const isForm = isOAuthForm(requestClass);
    const pruned = pruneToShape(isForm ? readOAuthForm(plain) : plain, requestClass, unknownFields);
    const reservedNames = findReservedNames(pruned);
    if (reservedNames.length > 0) throw validationFailed(reservedNames);
    const longLists = takeLongLists(pruned, requestClass);
    const request = plainToInstance(requestClass, pruned);
    const fieldErrors = validate(request, requestClass, '');
    const errors = isForm ? fieldErrors : [...unknownFields, ...fieldErrors];
    if (longLists.length === 0) return requireValid(request, errors);
    return convertLongLists(request, longLists, convertItem).then((itemErrors) =>
      requireValid(request, [...errors, ...itemErrors]),
    );
  }
}

function requireValid(request: object, errors: FieldError[]): object {
  if (errors.length > 0) throw validationFailed(errors);
  return request;
}

function convertItem(item: unknown, type: RequestClass, path: string, errors: FieldError[]): unknown {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    errors.push({ path, rule: 'object', message: 'must be an object' });
    return item;
  }
  const converted = plainToInstance(type, item);
  errors.push(...validate(converted, type, path));
  return converted;
}

/**
 * Returns the errors of the fields of a converted object. class-validator collects its validators from all classes at each call,
 * so it is only asked which rules are broken.
 */
function validate(converted: object, type: RequestClass, path: string): FieldError[] {
  if (keepsAllRules(converted, type)) return [];
  return validateSync(converted, VALIDATOR_OPTIONS).flatMap((error) => toFieldErrors(error, path));
}

function toFieldErrors(error: ValidationError, parent: string): FieldError[] {
  const path = parent ? `${parent}.${error.property}` : error.property;
  const allErrors = Object.entries(error.constraints ?? {}).map(([name, text]): FieldError => {
    if (name === 'nestedValidation') return { path, rule: 'object', message: 'must be an object' };
    return { path, ...parseRuleMessage(name, text) };
  });
  const distinctErrors = allErrors.filter(
    ({ rule }, index) => allErrors.findIndex((other) => other.rule === rule) === index,
  );
  return [...distinctErrors, ...(error.children ?? []).flatMap((child) => toFieldErrors(child, path))];
}
