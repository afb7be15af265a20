import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync, type ValidatorOptions } from 'class-validator';
import { type FieldError, invalidField, validationFailed } from '../errors/index.js';
import { findReservedNames } from './reserved-names.js';
import { parseRuleMessage } from './validated-field.js';

/** Bounds the response: it must not grow with the number of errors in a request. */
const MAX_FIELD_ERRORS = 100;
const BUILT_IN_TYPES: unknown[] = [String, Number, Boolean, Object, Array, undefined];
const VALIDATOR_OPTIONS: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: false,
  validationError: { target: false, value: false },
};

/** Converts a body or query to its request class. Throws 400 `validation_failed` with all invalid fields. */
@Injectable()
export class RequestPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (type === 'custom' || BUILT_IN_TYPES.includes(metatype)) return value;
    const plain = value ?? {};
    if (typeof plain !== 'object' || Array.isArray(plain)) {
      throw invalidField('', 'object', 'must be a JSON object');
    }
    const reservedNames = findReservedNames(plain);
    if (reservedNames.length > 0) throw validationFailed(reservedNames.slice(0, MAX_FIELD_ERRORS));
    const request = plainToInstance(metatype as new () => object, plain);
    const errors = validateSync(request, VALIDATOR_OPTIONS);
    const fieldErrors = errors.flatMap((error) => toFieldErrors(error, ''));
    if (errors.length > 0) throw validationFailed(fieldErrors.slice(0, MAX_FIELD_ERRORS));
    return request;
  }
}

function toFieldErrors(error: ValidationError, parent: string): FieldError[] {
  const path = parent ? `${parent}.${error.property}` : error.property;
  const allErrors = Object.entries(error.constraints ?? {}).map(([name, text]): FieldError => {
    if (name === 'whitelistValidation')
      return { path, rule: 'unknown_field', message: 'is not a known field' };
    if (name === 'nestedValidation') return { path, rule: 'object', message: 'must be an object' };
    return { path, ...parseRuleMessage(name, text) };
  });
  const distinctErrors = allErrors.filter(
    ({ rule }, index) => allErrors.findIndex((other) => other.rule === rule) === index,
  );
  return [...distinctErrors, ...(error.children ?? []).flatMap((child) => toFieldErrors(child, path))];
}
