import fc from 'fast-check';
import { TestApp } from '../support/app/test-app.js';
import { givenAuthorizedCaller, buildPath, requiredQuery } from '../support/http/invalid-input-callers.js';
import {
  invalidQueries,
  findErrorResponseFaults,
  mentionsField,
  sendRaw,
} from '../support/http/invalid-input.js';
import {
  buildOpenApiDocument,
  listOperations,
  type Parameter,
  type DocumentedRoute,
} from '../support/http/openapi-document.js';
import { expectStatus } from '../support/http/responses.js';
import { waitUntilReady } from '../support/knowledge/ready-documents.js';

const RANDOM_SEED = 20260417;
/** FUZZ_RUNS=1000 searches for longer. */
const RANDOM_RUNS = Number(process.env.FUZZ_RUNS ?? 40);

describe('a bad query', () => {
  let app: TestApp;
  let routes: { route: DocumentedRoute; parameters: Parameter[] }[];

  beforeAll(async () => {
    app = await TestApp.start();
    routes = listOperations(buildOpenApiDocument(app)).flatMap((route) => {
      const parameters = (route.operation.parameters ?? []).filter(({ in: where }) => where === 'query');
      // Google sends the browser there: OAuth has parameters ignored that are unknown, and the state is judged first.
      const isCallback = route.path.endsWith('/google-calendar/callback');
      return parameters.length > 0 && !isCallback ? [{ route, parameters }] : [];
    });
  });
  afterEach(async () => {
    await expectStatus(200, app.get('/health/live'));
    expect((await app.get('/health/ready')).body.checks).toMatchObject({ database: true });
  });
  afterAll(() => app.stop());

  it('is refused by every operation that takes one, and the parameter is named', async () => {
    expect(routes.length).toBeGreaterThan(10);
    const faults: string[] = [];
    for (const { route, parameters } of routes) {
      const caller = await givenAuthorizedCaller(app);
      const [path, base] = [buildPath(route, caller), requiredQuery(route, caller)];
      for (const { query, names } of invalidQueries(parameters, base)) {
        const response = await sendRaw(app, route.method, `${path}?${query}`, { token: caller.token });
        if (response.statusCode === 503 && path.includes('/google-calendar/')) continue; // Google judges its own cursors
        const wrong = findErrorResponseFaults(response);
        if (wrong.length === 0 && response.statusCode !== 400) wrong.push(`status ${response.statusCode}`);
        if (wrong.length === 0 && !mentionsField(response, names))
          wrong.push(`does not name ${names}: ${response.payload.slice(0, 200)}`);
        faults.push(...wrong.map((fault) => `${route.name}?${query.slice(0, 80)}: ${fault}`));
      }
    }
    expect(faults).toEqual([]);
  });

  it('is refused because it is bad: what it is beside the broken parameter is taken', async () => {
    const refused: [string, number][] = [];
    for (const { route } of routes) {
      const caller = await givenAuthorizedCaller(app);
      const query = new URLSearchParams(requiredQuery(route, caller)).toString();
      if (route.path.includes('{document_id}'))
        await waitUntilReady(app, caller.token, caller.ids.document_id as string);
      const { statusCode } = await sendRaw(app, route.method, `${buildPath(route, caller)}?${query}`, {
        token: caller.token,
      });
      if (statusCode !== 200 && statusCode !== 204) refused.push([route.name, statusCode]);
    }
    expect(refused.sort()).toEqual([
      ['DELETE /api/integrations/google-calendar', 404], // no calendar is connected
      ['GET /api/integration/fingerprint', 404], // a tenant has no key before its first grant
      ['GET /api/integrations/google-calendar/events', 503], // this server has no client at Google
      ['GET /api/integrations/google-calendar/free-busy', 503],
      ['GET /api/integrations/google-calendar/start', 503],
      ['GET /api/live/socket', 426], // no request for an upgrade
      ['GET /api/rag/documents/{document_id}/chunks/{chunk_id}', 404], // the chunk is unknown
      ['GET /api/xel/tasks/{task_id}/audio', 404], // the task has no audio
    ]);
  });

  it('that is made up at random gets a page or a refusal, never more', async () => {
    for (const { route, parameters } of routes) {
      const caller = await givenAuthorizedCaller(app);
      const path = buildPath(route, caller);
      const text = fc.string({ unit: 'binary', maxLength: 60 }).map((made) => made.toWellFormed());
      const value = fc.oneof(
        text.map(encodeURIComponent),
        fc.string({ maxLength: 40 }),
        fc.webQueryParameters(),
      );
      const made = fc.dictionary(fc.constantFrom(...parameters.map(({ name }) => name)), value);
      const property = fc.asyncProperty(made, async (chosen) => {
        const query = Object.entries({ ...requiredQuery(route, caller), ...chosen });
        const search = query.map(([name, part]) => `${name}=${part.replace(/[#\s]/g, '')}`).join('&');
        const response = await sendRaw(app, route.method, `${path}?${search}`, { token: caller.token });
        if (response.statusCode >= 300) expect(findErrorResponseFaults(response)).toEqual([]);
      });
      await fc.assert(property, { seed: RANDOM_SEED, numRuns: RANDOM_RUNS });
    }
  });
});
