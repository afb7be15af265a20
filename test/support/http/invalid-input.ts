import { getErrorFactories, type OAuthError, type OpenAiErrorBody } from '@/platform/errors/index.js';
import type { TestApp } from '../app/test-app.js';
import type { RequestBodySchema, Parameter, JsonSchema } from './openapi-document.js';

/** A request that must be rejected. `names` is the field that the error must name. */
export interface InvalidRequest {
  label: string;
  payload: string | Buffer;
  type?: string;
  names?: string;
  status?: number;
}
export const JSON_TYPE = 'application/json';
export const FORM_TYPE = 'application/x-www-form-urlencoded';
export const MIB = 1024 * 1024;
/** Formats that an arbitrary text does not have. */
const STRICT_FORMATS = ['uuid', 'email', 'uri', 'date-time'];
const HUGE_TEXT = 'x'.repeat(200_000);

/** Returns bodies in which one field violates its schema; all other fields are valid. */
export function invalidFields(
  { fields, required }: RequestBodySchema,
  base: Record<string, unknown> = {},
): InvalidRequest[] {
  const checked = Object.entries(fields).filter(([, schema]) => schema['x-ignored'] !== true);
  return checked.flatMap(([name, schema]) => {
    const values = schema.readOnly
      ? [['changed', '"something else"'] as [string, string]]
      : invalidValues(schema);
    const cases = values.map(([label, json]) => ({
      label: `${name} ${label}`,
      payload: buildBody(base, name, json),
      names: name,
      status: 400,
    }));
    const missingField = {
      label: `${name} absent`,
      payload: buildBody(base, name),
      names: name,
      status: 400,
    };
    return required.includes(name) ? [missingField, ...cases] : cases;
  });
}

/** Returns `base` with this JSON as one of its fields, or without that field. */
function buildBody(base: Record<string, unknown>, name: string, json?: string): string {
  const otherFields = Object.entries(base).filter(([other]) => other !== name);
  const fields = otherFields.map(([other, value]) => `${JSON.stringify(other)}:${JSON.stringify(value)}`);
  return `{${[...fields, ...(json === undefined ? [] : [`${JSON.stringify(name)}:${json}`])].join()}}`;
}
function invalidValues(schema: JsonSchema): [string, string][] {
  const types = typesOf(schema);
  const candidates = ['7', '-1.5e300', 'true', '[]', '["a"]', '{}', '{"a":{}}', '"maybe"'];
  const wrongTypes = candidates.filter((json) => !types.includes(jsonType(json)));
  const values = wrongTypes.map((json) => [`as ${json}`, json] as [string, string]);
  if (!types.includes('null')) values.push(['null', 'null']);
  if (!types.includes('string')) return values;
  const isRestricted =
    schema.minLength !== undefined || schema.enum !== undefined || schema.format !== undefined;
  if (isRestricted) values.push(['empty', '""']);
  if (schema.enum || STRICT_FORMATS.includes(schema.format ?? '')) values.push(['unknown', '"maybe"']);
  const strings: [string, string][] = [
    ...((schema.maxLength ?? 0) >= HUGE_TEXT.length
      ? [] // the text of a document
      : [['huge', JSON.stringify(HUGE_TEXT)] as [string, string]]),
    ['with NUL', '"otters\\u0000lanterns"'],
    ['with half a surrogate pair', '"otters \\ud83d lanterns"'],
    ['with the other half', '"\\udc00tters"'],
  ];
  return [...values, ...strings];
}

/** A whole number is a number, and a field of several forms has the types of all of them. */
function typesOf({ type, oneOf, anyOf = oneOf }: JsonSchema): string[] {
  const types = type === undefined && anyOf ? anyOf.flatMap(typesOf) : [type ?? 'object'].flat();
  return types.includes('integer') ? [...types, 'number'] : types;
}
function jsonType(json: string): string {
  const value = JSON.parse(json) as unknown;
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Returns bodies that every JSON operation rejects. The server validates the fields of `base` first. */
export function invalidBodies(
  { required }: RequestBodySchema,
  base: Record<string, string> = {},
): InvalidRequest[] {
  const firstField = Object.keys(base)[0] ?? required[0];
  const nonObjects = ['[]', '[{}]', '"text"', '7', 'true'].map((payload) => ({
    label: `${payload} as the body`,
    payload,
  }));
  const emptyBodies = ['', ' \n', 'null', '{}'].map((payload) => ({
    label: `${JSON.stringify(payload)} as the body`,
    payload,
    names: firstField,
  }));
  const unknownNames = [
    'unknown',
    'Email',
    'toString',
    'hasOwnProperty',
    'constructor',
    '__lookupGetter__',
    '',
    '\0',
  ];
  const unknownFields = unknownNames.map((name) => ({
    label: `unknown field ${JSON.stringify(name)}`,
    payload: buildBody(base, name, '1'),
    names: name,
  }));
  return [
    ...nonObjects,
    ...(required.length > 0 ? emptyBodies : []),
    ...unknownFields,
    ...malformedBodies(base),
  ].map((request) => ({
    status: 400,
    ...request,
  }));
}

function malformedBodies(base: Record<string, string>): InvalidRequest[] {
  const asForm = Object.keys(base).length > 0 ? new URLSearchParams(base).toString() : '{"a":1}';
  return [
    { label: 'broken JSON', payload: '{"email":' },
    { label: 'two documents', payload: '{}{}' },
    { label: 'a prototype', payload: '{"__proto__":{"admin":true}}' },
    { label: 'a constructor with a prototype', payload: '{"constructor":{"prototype":{"admin":true}}}' },
    { label: '100,000 brackets', payload: '['.repeat(100_000) },
    { label: '100,000 nested lists', payload: `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}` },
    { label: '20,000 nested objects', payload: `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}` },
    { label: 'bytes that are not UTF-8', payload: Buffer.from('{"email":"caf\u00e9"}', 'latin1') },
    { label: 'a body of 4 MiB and a byte', payload: `"${'x'.repeat(4 * MIB - 1)}"`, status: 413 },
    { label: `the content type ${FORM_TYPE}`, payload: asForm, type: FORM_TYPE, status: 415 },
    { label: 'no content type', payload: '{}', type: '', status: 415 },
    ...['text/plain', 'application/xml', 'application/jsonp', ';;']
      .concat(['application/json; charset=utf-16', 'application/json;charset="iso-8859-1"'])
      .map((type) => ({ label: `the content type ${type}`, payload: '{"a":1}', type, status: 415 })),
  ];
}

/** Returns small bodies with very many values, which the server must reject before it validates the fields. */
export function bodiesWithManyValues(): InvalidRequest[] {
  const names = Array.from({ length: 60_000 }, (_, index) => `"k${index}":1`);
  return [
    { label: '1,001 fields', payload: `{${names.slice(0, 1001).join()}}`, names: '' },
    { label: '40,000 fields', payload: `{${names.slice(0, 40_000).join()}}`, names: '' },
    { label: '60,000 fields', payload: `{${names.join()}}` },
    { label: '300,000 empty objects', payload: `{"email":[${'{},'.repeat(300_000)}{}]}` },
    { label: '20,000 empty objects', payload: `{"email":[${'{},'.repeat(20_000)}{}]}`, names: 'email' },
  ].map((request) => ({ ...request, status: 400 }));
}

export function invalidForms({ fields }: RequestBodySchema): InvalidRequest[] {
  const invalidValues = Object.keys(fields).flatMap((name) => [
    { label: `${name} twice`, payload: `${name}=a&${name}=a`, names: name },
    { label: `${name} with NUL`, payload: `${name}=a%00b`, names: name },
    { label: `${name} huge`, payload: `${name}=${'x'.repeat(16_000)}`, names: name },
  ]);
  const unknownNames = ['unknown', '__proto__', 'constructor', 'hasOwnProperty', 'username[]'];
  const unknownFields = unknownNames.map((name) => ({
    label: `unknown field ${name} twice`, // once, it is ignored
    payload: `${name}=1&${name}=2`,
    names: name,
  }));
  const requests = [...invalidValues, ...unknownFields].map((request) => ({ ...request, status: 400 }));
  return [
    ...requests,
    { label: 'nothing', payload: '', status: 400 },
    { label: '8,000 fields', payload: 'a&'.repeat(8_000), status: 400 },
    { label: '200,000 fields', payload: 'a&'.repeat(200_000), status: 413 },
    { label: 'a body over 16 kB', payload: 'x'.repeat(16 * 1024 + 1), status: 413 },
    { label: 'JSON instead of a form', payload: '{"username":"a"}', type: JSON_TYPE, status: 415 },
    { label: 'another charset', payload: 'a=b', type: `${FORM_TYPE}; charset=utf-16`, status: 415 },
  ];
}

export interface RawResponse {
  statusCode: number;
  headers: Record<string, unknown>;
  payload: string;
}

export async function sendRaw(
  { nest: app }: TestApp,
  method: string,
  url: string,
  { payload, type, token }: { payload?: string | Buffer; type?: string; token?: string },
): Promise<RawResponse> {
  const headers = {
    ...(type ? { 'content-type': type } : {}),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  return app.inject({ method: method as 'GET', url, payload, headers });
}

/** Returns how a response differs from an error response of the contract. */
export function findErrorResponseFaults({ statusCode, headers, payload }: RawResponse): string[] {
  const isListed = statusCode === 503 && payload.includes('"integration_not_configured"');
  if ((statusCode < 400 || statusCode >= 500) && !isListed)
    return [`status ${statusCode}: ${payload.slice(0, 200)}`];
  const parsed = JSON.parse(payload) as object;
  if (isOpenAiError(parsed)) return findOpenAiErrorFaults(parsed, statusCode);
  const body = parsed as { detail: unknown; code: string; request_id: string };
  const knownError = getErrorFactories().get(body.code);
  const { error, error_description: description, ...ownFields } = body as typeof body & Partial<OAuthError>;
  const isOAuthError = error !== undefined && description !== undefined;
  const faults = [
    Object.keys(isOAuthError ? ownFields : body)
      .sort()
      .join() === 'code,detail,request_id' || `has the fields ${Object.keys(body).join()}`,
    knownError?.status === statusCode || `has status ${statusCode} with code ${body.code}`,
    headers['x-request-id'] === body.request_id || 'has another X-Request-ID than request_id',
    statusCode !== 401 ||
      headers['www-authenticate'] === (isOAuthError ? undefined : 'Bearer') ||
      'has a wrong WWW-Authenticate',
    Buffer.byteLength(payload) <= 16 * 1024 || `has ${payload.length} bytes`,
    !/node_modules|\.[jt]s:\d+|\b(SELECT|INSERT|UPDATE) /.test(payload) || 'shows internals of the server',
  ];
  return faults.filter((fault) => fault !== true) as string[];
}

function isOpenAiError(body: object): body is OpenAiErrorBody {
  return 'error' in body && typeof body.error === 'object';
}

function findOpenAiErrorFaults(body: OpenAiErrorBody, statusCode: number): string[] {
  const { code, ...others } = body.error;
  const knownStatus = code === 'unknown_parameter' ? 400 : getErrorFactories().get(code)?.status;
  const faults = [
    Object.keys(body).join() === 'error' || `has the fields ${Object.keys(body).join()}`,
    Object.keys(others).sort().join() === 'message,param,type' || `has an error with other fields`,
    knownStatus === statusCode || `has status ${statusCode} with code ${code}`,
  ];
  return faults.filter((fault) => fault !== true) as string[];
}

/** Whether an error response names `field`, as invalid or as immutable. */
export function mentionsField({ payload }: RawResponse, field: string): boolean {
  const body = JSON.parse(payload) as object;
  if (isOpenAiError(body)) return ` ${body.error.message}`.includes(` ${field} `);
  const { detail } = body as {
    detail: { fields?: { path: string }[]; field?: string } | { loc: (string | number)[] }[];
  };
  if (Array.isArray(detail)) return detail.some(({ loc }) => loc.slice(1).join('.') === field);
  return detail.field === field || (detail.fields ?? []).some(({ path }) => path === field);
}

/** A query string that must be rejected. `names` is the parameter that the error must name. */
export interface InvalidQuery {
  query: string;
  names: string;
}

const INVALID_NUMBERS = ['0', '-1', '1.5', '1e1', '0x10', 'NaN', 'many', '9'.repeat(400), '%20', '%zz'];
const INVALID_TEXTS = ['', 'a%00b', 'x'.repeat(200_000)];
/** Invalid for parameters with a format. */
const INVALID_FORMATTED_TEXTS = ['maybe', '7', 'AAAA', '%27%3B--', '%zz', '%ed%a0%80'];

/** Returns queries in which one parameter is invalid; `base` has valid values of the required ones. */
export function invalidQueries(parameters: Parameter[], base: Record<string, string>): InvalidQuery[] {
  const withRequired = (name: string, invalidPair: string): string => {
    const requiredPairs = Object.entries(base).filter(([other]) => other !== name);
    return [...requiredPairs.map(([other, value]) => `${other}=${value}`), invalidPair]
      .filter(Boolean)
      .join('&');
  };
  const invalidParameters = parameters.flatMap(({ name, required, schema = {} }) => [
    ...invalidTexts(name, schema).map((value) => ({
      query: withRequired(name, `${name}=${value}`),
      names: name,
    })),
    { query: withRequired(name, name), names: name },
    { query: withRequired(name, `${name}=1&${name}=1`), names: name },
    ...(required ? [{ query: withRequired(name, ''), names: name }] : []),
    ...[`${name}[]`, `${name}[a]`, `${name}%00`, name.toUpperCase()].map((other) => ({
      query: withRequired('', `${other}=1`),
      names: decodeURIComponent(other),
    })),
  ]);
  const unknownNames = ['other', '__proto__', 'constructor', 'hasOwnProperty', 'toString', '%00'];
  return [
    ...invalidParameters,
    ...unknownNames.map((name) => ({
      query: withRequired('', `${name}=1`),
      names: decodeURIComponent(name),
    })),
  ];
}

function invalidTexts(name: string, schema: JsonSchema): string[] {
  const numbers = schema.minimum === 0 ? INVALID_NUMBERS.slice(1) : INVALID_NUMBERS;
  if ([schema.type].flat().includes('integer'))
    return [...numbers, ...INVALID_TEXTS, String((schema.maximum ?? Infinity) + 1)];
  const hasStrictFormat = name === 'cursor' || schema.enum || STRICT_FORMATS.includes(schema.format ?? '');
  return hasStrictFormat ? [...INVALID_TEXTS, ...INVALID_FORMATTED_TEXTS] : INVALID_TEXTS;
}
