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

const committed = readFileSync(join(__dirname, '../../openapi.json'), 'utf8');

const statusOf = (code: string): number | undefined => getErrorFactories().get(code)?.status;

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
      if (operation.responses['101']) continue; // a WebSocket
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

  it('has an example for each error, with a known code under its status', () => {
    for (const { name, operation } of listOperations(document)) {
      for (const [status, examples] of errorExamples(operation.responses, document)) {
        expect([name, status, examples.length > 0]).toEqual([name, status, true]);
        for (const { key, value } of examples) {
          expect([name, key]).toEqual([name, value.error?.code ?? value.code]);
          const declared = key === 'no_organization' && /integration/.test(name) ? 400 : statusOf(key);
          expect([name, key, declared]).toEqual([name, key, Number(status)]);
          expect(Object.keys(value)).toEqual(value.error ? ['error'] : ['detail', 'code', 'request_id']);
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
