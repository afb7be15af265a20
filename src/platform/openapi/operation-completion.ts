import {
  type ErrorFactory,
  getErrorFactories,
  platformErrors,
  STATUS_BY_KIND,
  usesFaultList,
  usesOpenAiErrors,
} from '../errors/index.js';
import type { Components, DocumentedOperation } from './document-types.js';
import { buildErrorExample, buildFaultListExample, buildOpenAiErrorExample } from './error-body.js';
import { completeRequestBody } from './request-bodies.js';
import { addResponseHeaders } from './response-headers.js';

/** Completes an operation with what follows from its path, its access and its body. */
export function completeOperation(
  path: string,
  operation: DocumentedOperation,
  components: Components,
): void {
  // An empty list says that the operation is public; without one, a default of the document would apply.
  operation.security ??= [];
  for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g)) {
    // Nest has documented those that a handler takes with `@Param`.
    if (operation.parameters?.some((known) => known.in === 'path' && known.name === name)) continue;
    const parameter = { name, in: 'path', required: true, schema: { type: 'string' } };
    operation.parameters = [...(operation.parameters ?? []), parameter];
  }
  completeRequestBody(operation, components);
  const { 'x-operation-errors': ownCodes = [], 'x-access-errors': accessCodes = [] } = operation;
  delete operation['x-operation-errors'];
  delete operation['x-access-errors'];
  const codes = new Set([...ownCodes, ...impliedErrorCodes(operation), ...accessCodes]);
  for (const code of codes) {
    const error = getErrorFactories().get(code);
    if (error) addError(operation, error, components, path);
  }
  delete operation['x-facts'];
  delete operation['x-error-kinds'];
  addResponseHeaders(operation, codes.has(platformErrors.too_many_attempts.code));
}

/** Returns the codes of errors that follow from the kind of operation. */
function impliedErrorCodes({ security, requestBody }: DocumentedOperation): string[] {
  const { token_invalid, validation_failed, payload_too_large, unsupported_media_type } = platformErrors;
  return [
    validation_failed,
    ...(security?.length ? [token_invalid] : []),
    ...(requestBody ? [payload_too_large, unsupported_media_type] : []),
  ].map(({ code }) => code);
}

function addError(
  operation: DocumentedOperation,
  error: ErrorFactory,
  components: Components,
  path: string,
): void {
  const { code } = error;
  const { responses, 'x-facts': facts, 'x-error-kinds': kinds } = operation;
  const status = STATUS_BY_KIND[kinds?.[code] ?? error.kind];
  const response = (responses[status] ??= { description: '' });
  const { examples = {} } = response.content?.['application/json'] ?? {};
  if (facts?.[code]) examples[code] = { value: buildErrorExample(error, facts[code]) };
  else {
    const { name, value } = toSharedExample(error, path);
    examples[code] = { $ref: `#/components/examples/${name}` };
    Object.assign((components.examples ??= {}), { [name]: { value } });
  }
  const schema = usesOpenAiErrors(path) ? 'OpenAiErrorResponse' : 'ErrorResponse';
  response.content = {
    'application/json': { schema: { $ref: `#/components/schemas/${schema}` }, examples },
  };
  response.description = Object.keys(examples)
    .map((name) => `\`${name}\``)
    .join(', ');
}

/** Returns the example that all operations of the same form of errors share. */
function toSharedExample(error: ErrorFactory, path: string): { name: string; value: object } {
  if (usesOpenAiErrors(path)) return { name: `${error.code}_openai`, value: buildOpenAiErrorExample(error) };
  const isFaultList = error === platformErrors.validation_failed && usesFaultList(path);
  return isFaultList
    ? { name: `${error.code}_list`, value: buildFaultListExample(error) }
    : { name: error.code, value: buildErrorExample(error) };
}
