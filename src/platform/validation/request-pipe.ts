import { isDeepStrictEqual } from 'node:util';
import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, type ValidationError } from 'class-validator';
import { type FieldFault, platformErrors, validationFailed } from '../errors/index.js';
import { readOnlyFieldsOf, RULE_END } from './fields.js';
import { hostileNames } from './reserved-names.js';

/** Enough for any person; an answer must not grow with a hostile request. */
const MAX_FAULTS = 100;
const NATIVE: unknown[] = [String, Number, Boolean, Object, Array, undefined];

keepRules();

/** Turns a body or query into its request class, or answers 400 naming every broken field. */
@Injectable()
export class RequestPipe implements PipeTransform {
  async transform(value: unknown, { metatype, type }: ArgumentMetadata): Promise<unknown> {
    if (type === 'custom' || NATIVE.includes(metatype)) return value;
    const plain = value ?? {};
    if (typeof plain !== 'object' || Array.isArray(plain)) {
      throw validationFailed([{ path: '', rule: 'object', message: 'must be a JSON object' }]);
    }
    const hostile = hostileNames(plain);
    if (hostile.length > 0) throw validationFailed(hostile.slice(0, MAX_FAULTS));
    const request = plainToInstance(metatype as new () => object, plain);
    const errors = await validate(request, {
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: false,
      validationError: { target: false, value: false },
    });
    const faults = errors.flatMap((error) => faultsOf(error, ''));
    if (errors.length > 0) throw validationFailed(faults.slice(0, MAX_FAULTS));
    return request;
  }
}

/** The validator gathers the rules of a class from those of all classes, for each object anew. They never change. */
function keepRules(): void {
  const storage = getMetadataStorage();
  const gather = storage.getTargetValidationMetadatas.bind(storage);
  const kept = new Map<unknown, ReturnType<typeof gather>>();
  storage.getTargetValidationMetadatas = (target, ...how) => {
    const rules = kept.get(target) ?? gather(target, ...how);
    kept.set(target, rules);
    return rules;
  };
}

function faultsOf(error: ValidationError, parent: string): FieldFault[] {
  const path = parent ? `${parent}.${error.property}` : error.property;
  const own = Object.entries(error.constraints ?? {}).map(([name, text]): FieldFault => {
    if (name === 'whitelistValidation')
      return { path, rule: 'unknown_field', message: 'is not a known field' };
    if (name === 'nestedValidation') return { path, rule: 'object', message: 'must be an object' };
    const [rule = name, message = text] = text.split(RULE_END);
    return { path, rule, message };
  });
  const faults = own.filter(({ rule }, index) => own.findIndex((other) => other.rule === rule) === index);
  return [...faults, ...(error.children ?? []).flatMap((child) => faultsOf(child, path))];
}

/** Refuses a request that would change a `@ReadOnly()` field; `present` is the resource as clients see it. */
export function assertUnchanged(request: object, present: object): void {
  const sent = request as Record<string, unknown>;
  const now = JSON.parse(JSON.stringify(present)) as Record<string, unknown>;
  for (const field of readOnlyFieldsOf(request)) {
    if (sent[field] === undefined || isDeepStrictEqual(sent[field], now[field])) continue;
    throw platformErrors.field_read_only({ facts: { field } });
  }
}
