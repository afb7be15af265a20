import { TestApp } from '../support/app/test-app.js';
import {
  buildOpenApiDocument,
  listOperations,
  type OpenApiDocument,
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

describe('the API reference', () => {
  let app: TestApp;
  let document: OpenApiDocument;

  beforeAll(async () => {
    app = await TestApp.start();
    document = buildOpenApiDocument(app);
  });
  afterAll(() => app.stop());

  it('has the groups of the documentation in their order, and no other one', () => {
    const tags = document.tags.map(({ name }) => name);
    expect(tags.slice(0, 11)).toEqual([
      'Authentication',
      'Conversations',
      'Organizations',
      'Knowledge Base',
      'Xentree Live',
      'Xentree English',
      'Profile and Analytics',
      'Admin Stats & Members',
      'API Keys',
      'Webhooks',
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
      anyOf: events.map((name) => ({ $ref: `#/components/schemas/${name}` })),
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
});
