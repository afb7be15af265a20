import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getErrorFactories } from '@/platform/errors/index.js';
import { TestApp } from '../support/app/test-app.js';
import {
  type ErrorExample,
  type OpenApiDocument,
  buildOpenApiDocument,
  listOperations,
  collectReferences,
  type Responses,
  serializeDocument,
} from '../support/http/openapi-document.js';

/** Titles of the vendor's API reference, by group and in its order. */
const DOCUMENTED_TITLES = {
  Authentication: [
    'Register a new user',
    'Log in and get an access token',
    'Refresh an access token',
    'Log out the current user',
    'Get the current authenticated user',
    'Update the current authenticated user',
  ],
  Conversations: [
    'List available AI providers',
    'Generate an AI response',
    'List conversations for the current user',
    'Create a conversation',
    'Get messages for a conversation',
    'Search indexed user content',
    'Delete a conversation',
    'Start a conversation session',
    'Update session activity',
    'End a conversation session',
    'Get current session status',
    'Search infrastructure status',
    'Rebuild search index',
    'List notes',
    'Create a note',
    'Update a note',
    'Delete a note',
  ],
  Organizations: [
    'List organizations for the current user',
    'Create an organization',
    'Get organization details',
    'Update organization details',
    'Delete an organization',
    'List organization members',
    'Add a member to an organization',
    "Update a member's role",
    'Comprehensive member update (role, organization, team)',
    'Remove a member from an organization',
  ],
  'API Keys': ['List API keys', 'Create an API key', 'Delete an API key'],
};

const committed = readFileSync(join(__dirname, '../../openapi.json'), 'utf8');

describe('the OpenAPI document', () => {
  let app: TestApp;
  let document: OpenApiDocument;

  beforeAll(async () => {
    app = await TestApp.start();
    document = buildOpenApiDocument(app);
  });
  afterAll(() => app.stop());

  it('equals the committed file, which `npm run openapi` writes', () => {
    expect(JSON.parse(committed)).toEqual(document);
    expect(committed).toBe(serializeDocument(document));
  });

  it('is served unchanged', async () => {
    const { status, body } = await app.get('/openapi.json');
    expect(status).toBe(200);
    expect(body).toEqual(document);
  });

  it('does not depend on the settings or the time of the server, except for its address', async () => {
    const env = {
      HOST: '0.0.0.0',
      PORT: '8123',
      PUBLIC_URL: 'https://api.example.com',
      REGISTRATION: 'closed',
    };
    const otherApp = await TestApp.start({ env });
    otherApp.clock.advance(400 * 24 * 3600);
    const text = serializeDocument(buildOpenApiDocument(otherApp));
    const { body: served } = await otherApp.get('/openapi.json');
    await otherApp.stop();
    expect(served).toMatchObject({ servers: [{ url: 'https://api.example.com' }], paths: document.paths });
    expect(served.components.securitySchemes.password.flows.password.tokenUrl).toBe(
      'https://api.example.com/api/auth/token',
    );
    expect(text).toBe(committed);
    expect(text).not.toMatch(/localhost|127\.0\.0\.1|:8123|api\.example\.com/);
  });

  it('is OpenAPI 3.1, with a title, a version and the schemas of the vendor’s documentation', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['ErrorResponse', 'TokenResponse', 'UserProfile']),
    );
    expect(document.components.schemas.ErrorResponse).toMatchObject({
      title: 'Error',
      required: ['detail', 'code', 'request_id'],
    });
    expect(committed).not.toContain('"nullable"');
  });

  it('has no dangling reference and no unused schema', () => {
    const references = new Set(collectReferences(document));
    const { schemas, examples, headers } = document.components;
    const known = Object.entries({ schemas, examples, headers }).flatMap(([kind, parts]) =>
      Object.keys(parts).map((name) => `#/components/${kind}/${name}`),
    );
    expect([...references].filter((reference) => !known.includes(reference))).toEqual([]);
    expect(known.filter((reference) => !references.has(reference))).toEqual([]);
  });

  it('has a unique name for each DTO class, because schemas are named after classes', () => {
    const sources = readdirSync(join(__dirname, '../../src'), { recursive: true, encoding: 'utf8' });
    const names = sources
      .filter((path) => /dto.*\.ts$/.test(path))
      .flatMap((path) => {
        const source = readFileSync(join(__dirname, '../../src', path), 'utf8');
        return [...source.matchAll(/^export class (\w+)/gm)].map(([, name]) => name);
      });
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('has a unique operation id, a summary, a tag and a permission for each operation', () => {
    const routes = listOperations(document);
    expect(routes.length).toBeGreaterThan(30);
    const incomplete = routes.filter(
      ({ operation: o }) => !o.operationId || !o.summary || !o.tags?.length || !o['x-permission'],
    );
    expect(incomplete.map(({ name }) => name)).toEqual([]);
    const ids = routes.map(({ operation }) => operation.operationId);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it('requires a declared credential exactly for operations that are not public', () => {
    const schemes = Object.keys(document.components.securitySchemes);
    for (const { name, operation } of listOperations(document)) {
      const security = operation.security ?? [];
      const asked = security.flatMap((entry) => Object.keys(entry));
      expect([name, asked.filter((scheme) => !schemes.includes(scheme))]).toEqual([name, []]);
      const permission = String(operation['x-permission']);
      if (permission === 'public') expect([name, security]).toEqual([name, []]);
      else if (permission.startsWith('public'))
        expect([name, security]).toEqual([name, [{}, { bearer: [] }]]);
      else expect([name, security]).toEqual([name, expect.arrayContaining([{ bearer: [] }])]);
    }
  });

  it('declares all path parameters as required', () => {
    for (const { name, path, operation } of listOperations(document)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const declared = (operation.parameters ?? []).filter(({ in: where }) => where === 'path');
      expect([name, declared.map((parameter) => parameter.name)]).toEqual([name, inPath]);
      expect(declared.every(({ required }) => required)).toBe(true);
    }
  });

  it('has one success status for each operation, with a schema unless it has no body', () => {
    for (const { name, operation } of listOperations(document)) {
      const good = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
      // A stream operation also has a status for the case that there is no stream.
      const streams = Object.keys(good[0]?.[1].content ?? {}).join() === 'text/event-stream';
      expect([name, good.length]).toEqual([name, streams ? 2 : 1]);
      const [status, { content } = { content: undefined }] = good[0] ?? [''];
      const bodies = Object.values(content ?? {});
      if (status === '204') expect([name, bodies]).toEqual([name, []]);
      else expect([name, bodies.length > 0 && bodies.every(({ schema }) => schema)]).toEqual([name, true]);
    }
  });

  it('has the groups of the documentation in their order, and no other one', () => {
    const tags = document.tags.map(({ name }) => name);
    expect(tags.slice(0, 5)).toEqual([
      'Authentication',
      'Conversations',
      'Organizations',
      'API Keys',
      'Integration Tokens',
    ]);
    expect(document.tags.every(({ description }) => description)).toBe(true);
    const used = listOperations(document).flatMap(({ operation }) => operation.tags ?? []);
    expect([...new Set(used)]).toEqual(tags);
  });

  it.each(Object.entries(DOCUMENTED_TITLES))(
    'has the operations of %s in the documented order',
    (tag, titles) => {
      const summaries = listOperations(document)
        .filter(({ operation }) => operation.tags?.includes(tag))
        .map(({ operation }) => operation.summary);
      expect(summaries.filter((summary) => titles.includes(summary ?? ''))).toEqual(titles);
    },
  );

  it('has no schema with a name that generators give to parts of an operation', () => {
    const schemas = new Set(Object.keys(document.components.schemas).map((name) => name.toLowerCase()));
    const generated = listOperations(document).flatMap(({ operation: { operationId = '' } }) =>
      ['Result', 'Response', 'Responses', 'Data', 'Error', 'Errors', 'Body', 'Params'].map(
        (part) => operationId + part,
      ),
    );
    expect(generated.filter((name) => schemas.has(name.toLowerCase()))).toEqual([]);
  });

  it('describes the paging header of each list and the headers of each rate limit', () => {
    for (const { name, operation } of listOperations(document)) {
      const hasCursor = (operation.parameters ?? []).some((parameter) => parameter.name === 'cursor');
      const headersOf = (status: string): string[] => Object.keys(operation.responses[status]?.headers ?? {});
      expect([name, headersOf('200').includes('Link')]).toEqual([name, hasCursor]);
      if (!operation.responses['429']) continue;
      expect([name, headersOf('429')]).toEqual([name, expect.arrayContaining(['Retry-After'])]);
    }
    const login = document.paths['/api/auth/token']?.post?.responses;
    expect(Object.keys(login?.['429']?.headers ?? {})).toEqual([
      'Retry-After',
      'RateLimit-Limit',
      'RateLimit-Remaining',
      'RateLimit-Reset',
    ]);
  });

  it('has a schema for each event of a stream', () => {
    const events = [
      'GenerationStartEvent',
      'GenerationDeltaEvent',
      'GenerationSourcesEvent',
      'GenerationRestartEvent',
      'ChatResponse',
      'ErrorResponse',
    ];
    const generate = document.paths['/api/ai/generate']?.post?.responses['200'];
    expect(generate?.content?.['text/event-stream']?.schema).toEqual({
      oneOf: events.map((name) => ({ $ref: `#/components/schemas/${name}` })),
    });
  });

  it('has the further fields of errors in their examples', () => {
    const { examples } = document.components;
    expect(examples.insufficient_api_key_scope?.value.detail).toEqual({
      error: 'INSUFFICIENT_API_KEY_SCOPE',
      message: 'API key lacks required scope for this endpoint',
      required_scope: 'organizations:write',
      granted_scopes: ['organizations:read'],
    });
    expect(examples.validation_failed?.value.detail).toMatchObject({ fields: [{ path: 'email' }] });
  });

  it('is for the server that serves it, and has a form for username and password in Swagger UI', () => {
    expect(document.servers).toEqual([{ url: '/' }]);
    expect(document.info).toMatchObject({ license: { name: 'UNLICENSED' } });
    expect(document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      password: { type: 'oauth2', flows: { password: { tokenUrl: '/api/auth/token' } } },
    });
  });

  it('has an example for each error, with a known code under its status', () => {
    for (const { name, operation } of listOperations(document)) {
      for (const [status, examples] of errorExamples(operation.responses, document)) {
        expect([name, status, examples.length > 0]).toEqual([name, status, true]);
        for (const { key, value } of examples) {
          expect([name, key]).toEqual([name, value.code]);
          expect([key, getErrorFactories().get(key)?.status]).toEqual([key, Number(status)]);
          expect(Object.keys(value)).toEqual(['detail', 'code', 'request_id']);
        }
      }
    }
  });

  it('lists validation_failed for each operation, and token_invalid if it requires credentials', () => {
    for (const { name, operation } of listOperations(document)) {
      const codes = errorExamples(operation.responses, document).flatMap(([, examples]) =>
        examples.map(({ key }) => key),
      );
      expect([name, codes]).toEqual([name, expect.arrayContaining(['validation_failed'])]);
      expect([name, codes]).toEqual([name, [...new Set(codes)]]);
      if (operation.security?.length && !operation['x-permission']?.startsWith('public'))
        expect([name, codes]).toEqual([name, expect.arrayContaining(['token_invalid'])]);
    }
  });
});

type Example = { key: string; value: ErrorExample };

/** Returns the examples of each error status. Most of them are references to the components. */
function errorExamples(responses: Responses, { components }: OpenApiDocument): [string, Example[]][] {
  return Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .map(([status, { content }]) => {
      const examples = content?.['application/json']?.examples ?? {};
      const resolved = Object.entries(examples).map(([key, { $ref, value }]) => ({
        key,
        value: value ?? components.examples[$ref?.split('/').at(-1) ?? '']?.value,
      }));
      return [status, resolved.flatMap(({ key, value: found }) => (found ? [{ key, value: found }] : []))];
    });
}
