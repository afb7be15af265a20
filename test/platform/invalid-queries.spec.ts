import fc from 'fast-check';
import { TestApp } from '../support/app/test-app.js';
import { expectStatus } from '../support/auth/given-users.js';
import { givenHostileCaller, pathFor, queryFor } from '../support/http/invalid-input-callers.js';
import { brokenQueries, faultsOfRefusal, namesField, send } from '../support/http/invalid-input.js';
import { documentOf, operationsOf, type Parameter, type Route } from '../support/http/openapi-document.js';

const SEED = 20260417;
const RUNS = 100;

describe('a bad query', () => {
  let app: TestApp;
  let routes: { route: Route; parameters: Parameter[] }[];

  beforeAll(async () => {
    app = await TestApp.start();
    routes = operationsOf(documentOf(app)).flatMap((route) => {
      const parameters = (route.operation.parameters ?? []).filter(({ in: where }) => where === 'query');
      return parameters.length > 0 ? [{ route, parameters }] : [];
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
      const caller = await givenHostileCaller(app);
      const [path, base] = [pathFor(route, caller), queryFor(route, caller)];
      for (const { query, names } of brokenQueries(parameters, base)) {
        const answer = await send(app, route.method, `${path}?${query}`, { token: caller.token });
        const wrong = faultsOfRefusal(answer);
        if (wrong.length === 0 && answer.statusCode !== 400) wrong.push(`status ${answer.statusCode}`);
        if (wrong.length === 0 && !namesField(answer, names))
          wrong.push(`does not name ${names}: ${answer.payload.slice(0, 200)}`);
        faults.push(...wrong.map((fault) => `${route.name}?${query.slice(0, 80)}: ${fault}`));
      }
    }
    expect(faults).toEqual([]);
  }, 60_000);

  it('is refused because it is bad: what it is beside the broken parameter is taken', async () => {
    const refused: [string, number][] = [];
    for (const { route } of routes) {
      const caller = await givenHostileCaller(app);
      const query = new URLSearchParams(queryFor(route, caller)).toString();
      const { statusCode } = await send(app, route.method, `${pathFor(route, caller)}?${query}`, {
        token: caller.token,
      });
      if (statusCode !== 200) refused.push([route.name, statusCode]);
    }
    // A tenant has no key before its first grant.
    expect(refused).toEqual([['GET /api/integration/fingerprint', 404]]);
  });

  it('that is made up at random gets a page or a refusal, never more', async () => {
    for (const { route, parameters } of routes) {
      const caller = await givenHostileCaller(app);
      const path = pathFor(route, caller);
      const text = fc.string({ unit: 'binary', maxLength: 60 }).map((made) => made.toWellFormed());
      const value = fc.oneof(
        text.map(encodeURIComponent),
        fc.string({ maxLength: 40 }),
        fc.webQueryParameters(),
      );
      const made = fc.dictionary(fc.constantFrom(...parameters.map(({ name }) => name)), value);
      const property = fc.asyncProperty(made, async (chosen) => {
        const query = Object.entries({ ...queryFor(route, caller), ...chosen });
        const search = query.map(([name, part]) => `${name}=${part.replace(/[#\s]/g, '')}`).join('&');
        const answer = await send(app, route.method, `${path}?${search}`, { token: caller.token });
        if (answer.statusCode >= 300) expect(faultsOfRefusal(answer)).toEqual([]);
      });
      await fc.assert(property, { seed: SEED, numRuns: RUNS });
    }
  }, 60_000);
});
