import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, type ValidationError } from 'class-validator';
import { type FieldError, invalidField, validationFailed } from '../errors/index.js';
import { findReservedNames } from './reserved-names.js';
import { RULE_SEPARATOR } from './validated-field.js';

/** Enough for any person; an answer must not grow with a hostile request. */
const MAX_FIELD_ERRORS = 100;
const BUILT_IN_TYPES: unknown[] = [String, Number, Boolean, Object, Array, undefined];

cacheValidationMetadata();

/** Turns a body or query into its request class, or answers 400 naming every broken field. */
@Injectable()
export class RequestPipe implements PipeTransform {
  async transform(value: unknown, { metatype, type }: ArgumentMetadata): Promise<unknown> {
    if (type === 'custom' || BUILT_IN_TYPES.includes(metatype)) return value;
    const plain = value ?? {};
    if (typeof plain !== 'object' || Array.isArray(plain)) {
      throw invalidField('', 'object', 'must be a JSON object');
    }
    const reservedNames = findReservedNames(plain);
    if (reservedNames.length > 0) throw validationFailed(reservedNames.slice(0, MAX_FIELD_ERRORS));
    const request = plainToInstance(metatype as new () => object, plain);
    const errors = await validate(request, {
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: false,
      validationError: { target: false, value: false },
    });
    const fieldErrors = errors.flatMap((error) => toFieldErrors(error, ''));
    if (errors.length > 0) throw validationFailed(fieldErrors.slice(0, MAX_FIELD_ERRORS));
    return request;
  }
}

/** The validator gathers the rules of a class from those of all classes, for each object anew. They never change. */
function cacheValidationMetadata(): void {
  const storage = getMetadataStorage();
  const loadMetadata = storage.getTargetValidationMetadatas.bind(storage);
  const metadataByTarget = new Map<unknown, ReturnType<typeof loadMetadata>>();
  storage.getTargetValidationMetadatas = (target, ...rest) => {
    const metadata = metadataByTarget.get(target) ?? loadMetadata(target, ...rest);
    metadataByTarget.set(target, metadata);
    return metadata;
  };
}

function toFieldErrors(error: ValidationError, parent: string): FieldError[] {
  const path = parent ? `${parent}.${error.property}` : error.property;
  const allErrors = Object.entries(error.constraints ?? {}).map(([name, text]): FieldError => {
    if (name === 'whitelistValidation')
      return { path, rule: 'unknown_field', message: 'is not a known field' };
    if (name === 'nestedValidation') return { path, rule: 'object', message: 'must be an object' };
    const [rule = name, message = text] = text.split(RULE_SEPARATOR);
    return { path, rule, message };
  });
  const distinctErrors = allErrors.filter(
    ({ rule }, index) => allErrors.findIndex((other) => other.rule === rule) === index,
  );
  return [...distinctErrors, ...(error.children ?? []).flatMap((child) => toFieldErrors(child, path))];
}
