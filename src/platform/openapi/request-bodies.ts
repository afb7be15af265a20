import {
  type Components,
  type DocumentedOperation,
  type MediaType,
  resolveSchema,
  type Schema,
} from './document-types.js';

/** Completes the body of an operation: whether it is required, and an example that works as it stands. */
export function completeRequestBody(operation: DocumentedOperation, components: Components): void {
  const { requestBody: body, 'x-body-required': needsBody, 'x-form-fields': formFields } = operation;
  delete operation['x-body-required'];
  delete operation['x-form-fields'];
  if (!body) return;
  if (formFields) separateForm(body.content, formFields, components);
  for (const media of Object.values(body.content)) {
    if (!media.schema) continue;
    const schema = resolveSchema(media.schema, components);
    media.example = buildExample(schema, components);
    // A body without required fields may be absent.
    if (!needsBody && !schema.required?.length) body.required = false;
  }
}

/** Gives the form its own schema, with a required file, and removes the file from the schema of the JSON body. */
function separateForm(
  { 'multipart/form-data': form, 'application/json': json }: Record<string, MediaType>,
  formFields: string[],
  components: Components,
): void {
  if (!form?.schema || !json?.schema) return;
  const schema = resolveSchema(json.schema, components);
  const { file, ...fields } = schema.properties ?? {};
  const ownFields = Object.entries(fields).filter(([name]) => formFields.includes(name));
  form.schema = {
    type: 'object',
    properties: { ...(file && { file }), ...Object.fromEntries(ownFields) },
    required: ['file'],
  };
  schema.properties = fields;
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
