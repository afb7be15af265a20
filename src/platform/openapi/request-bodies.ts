import { type Components, type DocumentedOperation, resolveSchema, type Schema } from './document-types.js';

/** Completes the body of an operation: whether it is required, the union of its grants, and an example that works as it stands. */
export function completeRequestBody(operation: DocumentedOperation, components: Components): void {
  const { requestBody: body, 'x-grants': grants, 'x-body-required': needsBody } = operation;
  delete operation['x-grants'];
  delete operation['x-body-required'];
  if (!body) return;
  for (const media of Object.values(body.content)) {
    if (!media.schema) continue;
    const schema = resolveSchema(media.schema, components);
    media.example = buildExample(schema, components);
    if (grants) describeGrants(schema, grants, components);
    // A body without required fields may be absent.
    if (!grants && !needsBody && !schema.required?.length) body.required = false;
  }
}

/** Returns an example with all required fields, and with the optional fields that have an example. */
function buildExample(schema: Schema, components: Components): unknown {
  const { properties = {}, required = [] } = schema;
  const fields = Object.entries(properties)
    .filter(([, { readOnly }]) => !readOnly)
    .filter(([name, { example }]) => required.includes(name) || example !== undefined)
    .map(([name, field]) => [name, exampleOf(field, components)] as const);
  return Object.fromEntries(fields);
}

function exampleOf(field: Schema, components: Components): unknown {
  if (field.example !== undefined) return field.example;
  if (field.enum) return field.enum[0];
  const schema = resolveSchema(field, components);
  return schema.properties ? buildExample(schema, components) : undefined;
}

/**
 * Replaces a form with the union of its grants: `grant_type` selects the fields. Forms of Swagger UI show only the properties of
 * the form itself, which are the fields of the first grant.
 */
function describeGrants(form: Schema, grants: Record<string, string[]>, { schemas }: Components): void {
  const { properties = {} } = form;
  const pick = (names: string[]): Record<string, Schema> =>
    Object.fromEntries(names.map((name) => [name, properties[name] ?? {}]));
  const [firstGrant = ''] = Object.keys(grants);
  form.oneOf = Object.entries(grants).map(([grant, fields]) => {
    const name = `${grant.replace(/(^|_)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase())}Grant`;
    schemas[name] = {
      type: 'object',
      properties: { grant_type: { type: 'string', enum: [grant] }, ...pick(fields) },
      required: grant === firstGrant ? fields : ['grant_type', ...fields],
    };
    return { $ref: `#/components/schemas/${name}` };
  });
  form.properties = pick(grants[firstGrant] ?? []);
}
