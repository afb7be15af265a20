import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PERMISSIONS } from '@/modules/organizations/organizations.rules.js';
import { TestApp } from '../support/app/test-app.js';
import { FakeGoogle } from '../support/google/fake-google.js';
import { getRequestBody, buildOpenApiDocument, listOperations } from '../support/http/openapi-document.js';
import { type CallerName, STRANGERS } from '../support/organizations/permission-fixture.js';
import {
  type PermissionMatrix,
  buildMatrix,
  type PermissionOutcome,
  listMatrixRows,
  callEveryRoute,
} from '../support/organizations/permission-matrix.js';
import { REQUEST_SAMPLES } from '../support/organizations/permission-samples.js';

/**
 * The outcome of each route for each caller. A change of this file is a change of the contract. After adding a route, run
 * this spec with `PERMISSIONS=write`, review each new line, and run `npm run permissions`.
 */
const FILE = join(__dirname, 'permissions.json');

/** Open to all callers who have the token that was mailed to the invited user. */
const SECRET_PROTECTED_ROUTES = ['POST /api/v1/invitations/accept'];
/** Public by design: the response contains the requested tenant id. */
const PUBLIC_BY_DESIGN = ['GET /api/integration/fingerprint'];

const WITHOUT_SECOND_FACTOR: readonly CallerName[] = ['weak_owner', 'weak_member', 'weak_key'];

describe('permissions', () => {
  let app: TestApp;
  let google: FakeGoogle;
  let outcomes: PermissionOutcome[];

  beforeAll(async () => {
    google = await FakeGoogle.start();
    app = await TestApp.start({ env: google.env });
    outcomes = await callEveryRoute(app, STRANGERS);
    if (process.env.PERMISSIONS === 'write')
      writeFileSync(FILE, `${JSON.stringify(currentMatrix(), null, 2)}\n`);
  }, 600_000);
  afterAll(async () => {
    await app.stop();
    await google.stop();
  });

  function currentMatrix(): { permissions: Record<string, string>; routes: PermissionMatrix } {
    const roles = Object.entries(PERMISSIONS).map(([name, allowed]) => [name, allowed.join(' ')]);
    return { permissions: Object.fromEntries(roles), routes: buildMatrix(outcomes) };
  }

  /** Returns matching outcomes like `POST /api/organizations as owner: 201`. */
  function rows(matches: (outcome: PermissionOutcome) => boolean): string[] {
    return outcomes.filter(matches).map(({ row, caller, outcome }) => `${row} as ${caller}: ${outcome}`);
  }

  it('equal the committed table, for every route and every caller', () => {
    expect(currentMatrix()).toEqual(JSON.parse(readFileSync(FILE, 'utf8')));
  });

  it('equal those in the guides, which `npm run permissions` writes', () => {
    const script = join(__dirname, '../../scripts/permissions.mjs');
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('have a request sample for exactly the routes with a body or a required query parameter', () => {
    const document = buildOpenApiDocument(app);
    const withInput = listOperations(document).filter(
      (route) =>
        getRequestBody(route, document) ||
        route.operation.parameters?.some(({ in: where, required }) => where === 'query' && required),
    );
    const names = withInput.map(({ name }) => name.replace(/\{(\w+)\}/g, ':$1'));
    expect(names.filter((name) => !(name in REQUEST_SAMPLES))).toEqual([]);
    const known = listMatrixRows(app).map(({ row }) => row);
    expect(Object.keys(REQUEST_SAMPLES).filter((row) => !known.includes(row))).toEqual([]);
  });

  it('are tested with valid requests, and every route succeeds for a caller', () => {
    const invalid = rows(({ outcome }) => /^(400|413|415|422|429|5)/.test(outcome));
    expect(invalid).toEqual([
      'POST /api/integration/grant (without a tenant) as outsider: 400 no_organization',
    ]);
    const served = new Set(outcomes.filter(({ outcome }) => /^2/.test(outcome)).map(({ row }) => row));
    const never = [...new Set(outcomes.map(({ row }) => row))].filter((row) => !served.has(row));
    expect(never.sort()).toEqual(
      [
        // No caller of the fixture may do these; search-reindex.spec.ts, live/transcripts.spec.ts and ai/provider-quirks.spec.ts test operators.
        'GET /api/ai/providers/capabilities',
        'GET /.well-known/oauth-authorization-server/*', // only where PUBLIC_URL has a path
        'GET /api/live/socket', // only with an upgrade: live/sockets.spec.ts
        'GET /api/core/search/status',
        'POST /api/core/search/reindex',
        'POST /unsubscribe', // only with a mailed token: progress/unsubscribe.spec.ts
        'PUT /api/admin/organizations/:org_id/live-plan',
        'PATCH /api/organizations/:org_id/members/:target_user_id (of the owner)',
        'PATCH /api/v1/users/:user_id (of another home)',
        'PUT /api/organizations/:org_id/members/:target_user_id (into a foreign organization)',
      ].sort(),
    );
  });

  it('are refused with the status that the API reference gives to the error', () => {
    const documented = new Map(
      listOperations(buildOpenApiDocument(app)).map(({ name, operation }) => [
        name.replace(/\{(\w+)\}/g, ':$1'),
        Object.entries(operation.responses).flatMap(([status, { content }]) =>
          Object.keys(content?.['application/json']?.examples ?? {}).map((code) => `${status} ${code}`),
        ),
      ]),
    );
    const refused = outcomes.filter(({ outcome }) => /^[45]/.test(outcome));
    const comparable = refused.filter(({ route, outcome }) =>
      documented.get(route.route)?.some((error) => error.split(' ')[1] === outcome.split(' ')[1]),
    );
    expect(comparable.length).toBeGreaterThan(300);
    const wrong = comparable.filter(({ route, outcome }) => !documented.get(route.route)?.includes(outcome));
    expect(wrong.map(({ row, caller, outcome }) => [row, caller, outcome])).toEqual([]);
    // An organization can require a second factor of its keys, whatever the operation.
    const undocumented = refused.filter(
      ({ route, outcome }) =>
        documented.has(route.route) &&
        !comparable.some((one) => one.route === route && one.outcome === outcome),
    );
    expect([...new Set(undocumented.map(({ caller, outcome }) => `${caller} ${outcome}`))]).toEqual([
      'weak_key 403 two_factor_required',
    ]);
  });

  it('hide an organization from a stranger, who cannot change anything in it', () => {
    expect(outcomes.filter(({ caller }) => STRANGERS.includes(caller)).length).toBeGreaterThan(300);
    const leaking = outcomes.filter(
      ({ row, leakedIds }) => leakedIds.length > 0 && !PUBLIC_BY_DESIGN.includes(row),
    );
    expect(leaking.map(({ row, caller, leakedIds }) => [row, caller, leakedIds])).toEqual([]);
    const changed = outcomes.filter(({ changedTables }) => changedTables.length > 0);
    expect([...new Set(changed.map(({ row }) => row))]).toEqual(SECRET_PROTECTED_ROUTES);
  });

  it('answer 404 to a stranger who names an organization', () => {
    const naming = outcomes.filter(({ route }) => route.access?.organization?.from === 'path');
    expect(naming.length).toBeGreaterThan(200);
    for (const { row, route, caller, outcome } of naming) {
      if (caller === 'anonymous') expect([row, outcome]).toEqual([row, '401 token_invalid']);
      else if (STRANGERS.includes(caller)) {
        const isRefusedKey = caller === 'foreign_key' && route.access?.access === 'session';
        const refusal = isRefusedKey ? '403 bearer_required' : '404 organization_not_found';
        expect([row, outcome]).toEqual([row, refusal]);
      }
    }
  });

  it('require the second factor that an organization requires, except for leaving it', () => {
    const about = outcomes.filter(({ route }) => route.access?.organization);
    const weak = about.filter(({ caller }) => WITHOUT_SECOND_FACTOR.includes(caller));
    expect(weak.length).toBeGreaterThan(100);
    const admitted = weak.filter(({ outcome }) => outcome !== '403 two_factor_required');
    const leaving = 'DELETE /api/organizations/:org_id/members/:target_user_id (oneself)';
    expect(admitted.map(({ row, caller, outcome }) => [row, caller, outcome])).toEqual([
      [leaving, 'weak_owner', '204'],
      [leaving, 'weak_member', '204'],
    ]);
  });

  it('of an API key are limited by its scopes', () => {
    for (const { route, row, caller, outcome } of outcomes) {
      const { access } = route.access ?? {};
      if (caller !== 'key_without_scope' || access === 'public' || access === 'optional') continue;
      const refusal = access === 'session' ? '403 bearer_required' : '403 insufficient_api_key_scope';
      expect([row, outcome]).toEqual([row, refusal]);
    }
  });
});
