import { AccessChangeNotifier } from '@/platform/events/index.js';
import type { TestResponse, TestApp } from '../app/test-app.js';
import { DatabaseSnapshot } from '../database/database-snapshot.js';
import { buildOpenApiDocument, listOperations } from '../http/openapi-document.js';
import { type DeclaredRoute, declaredRoutes } from '../http/routes.js';
import {
  type MatrixCaller,
  type CallerName,
  givenPermissionFixture,
  type TenantFixture,
  type PermissionFixture,
} from './permission-fixture.js';
import { type MatrixCell, type RequestSample, REQUEST_SAMPLES } from './permission-samples.js';

/** What one caller got from one row. */
export interface PermissionOutcome {
  /** A route, with a note in brackets where it has several rows. */
  row: string;
  route: DeclaredRoute;
  area: string;
  caller: CallerName;
  /** `200`, or `403 role_insufficient`. */
  outcome: string;
  /** Strangers only: what of the organization under test the answer shows, and in which tables it changed. */
  leakedIds: string[];
  changedTables: string[];
}

/** Rows by area; each says which callers get which outcome: `{ "204": "owner key", ... }`. */
export type PermissionMatrix = Record<string, Record<string, Record<string, string>>>;

/** Pages and addresses for operators are not in the API reference and so have no area of their own. */
const UNDOCUMENTED = 'Pages and operations';

interface MatrixRow {
  row: string;
  route: DeclaredRoute;
  area: string;
}

/** Every route with its notes, by area. */
export function listMatrixRows(app: TestApp): MatrixRow[] {
  const areas = new Map(
    listOperations(buildOpenApiDocument(app)).map(({ name, operation }) => [
      name.replace(/\{(\w+)\}/g, ':$1'),
      operation.tags?.[0] ?? UNDOCUMENTED,
    ]),
  );
  const rows = declaredRoutes(app).flatMap((route) => {
    const area = areas.get(route.route) ?? UNDOCUMENTED;
    const rowsWithNote = Object.keys(REQUEST_SAMPLES).filter((row) => row.startsWith(`${route.route} (`));
    return [route.route, ...rowsWithNote].map((row) => ({ row, route, area }));
  });
  const order = [...new Set([...areas.values(), UNDOCUMENTED])];
  return rows.sort((a, b) => order.indexOf(a.area) - order.indexOf(b.area));
}

/** Calls every row as every caller, each on the same untouched scene. */
export async function callEveryRoute(
  app: TestApp,
  strangers: readonly CallerName[],
): Promise<PermissionOutcome[]> {
  const fixture = await givenPermissionFixture(app);
  const snapshot = await DatabaseSnapshot.take(app);
  const outcomes: PermissionOutcome[] = [];
  try {
    for (const row of listMatrixRows(app)) {
      for (const caller of fixture.callers) {
        const {
          answer: response,
          secrets: tenantIds,
          undo,
        } = await callRoute({ app, scene: fixture, caller }, row);
        const isStranger = strangers.includes(caller.name);
        outcomes.push({
          ...row,
          caller: caller.name,
          outcome: String(response.status) + (response.status < 400 ? '' : ` ${response.body?.code}`),
          leakedIds: isStranger ? tenantIds.filter((secret) => response.text.includes(secret)) : [],
          changedTables: isStranger ? await snapshot.changedTables(caller.tenant.organizationId) : [],
        });
        await snapshot.restore();
        await undo();
      }
    }
  } finally {
    await snapshot.close();
  }
  return outcomes;
}

async function callRoute(
  { app, scene: fixture, caller }: { app: TestApp; scene: PermissionFixture; caller: MatrixCaller },
  { row, route }: MatrixRow,
): Promise<{ answer: TestResponse; secrets: string[]; undo: () => Promise<void> }> {
  const { tenant } = caller;
  let skippedSeconds = 0;
  const advanceClock = (seconds: number): void => {
    skippedSeconds += seconds;
    app.clock.advance(seconds);
  };
  const cell: MatrixCell = { app, fixture, caller, tenant, advanceClock };
  const {
    params = {},
    query = {},
    body,
    form,
    headers,
  }: RequestSample = (await REQUEST_SAMPLES[row]?.(cell)) ?? {};
  const [method = '', path = ''] = route.route.split(' ');
  const url = path.replace(
    /:(\w+)/g,
    (_, name: string) => params[name] ?? resolvePathParameter(tenant, name),
  );
  const search = new URLSearchParams(query).toString();
  const response = await app.call(method, search ? `${url}?${search}` : url, {
    body,
    form,
    headers: { ...caller.headers, ...headers },
  });
  const undo = async (): Promise<void> => {
    app.clock.advance(-skippedSeconds);
    if (caller.sessionUser) await app.nest.get(AccessChangeNotifier).publishUserChange(caller.sessionUser.id); // sessions are cached
  };
  return { answer: response, secrets: listTenantIds(tenant), undo };
}

/** What a parameter of a path stands for unless the sample says otherwise. */
function resolvePathParameter(tenant: TenantFixture, parameter: string): string {
  const ids: Record<string, string> = {
    org_id: tenant.organizationId,
    team_id: tenant.teamId,
    target_user_id: tenant.newcomer.id,
    user_id: tenant.newcomer.id,
    invitation_id: tenant.invitation.id,
    key_id: tenant.keyId,
    session_id: tenant.sessionId,
    conversation_id: tenant.ownedRecords.conversationId,
    note_id: tenant.ownedRecords.noteId,
    generation_id: tenant.ownedRecords.generationId,
  };
  const id = ids[parameter];
  if (!id) throw new Error(`Nothing in the scene is a ${parameter}.`);
  return id;
}

/** What nobody outside of an organization can know of it. */
function listTenantIds(tenant: TenantFixture): string[] {
  const { organizationId, teamId, otherTeamId, owner, newcomer, colleague, keyId, invitation } = tenant;
  const { conversationId, noteId, generationId, createdWithKey: kept } = tenant.ownedRecords;
  const recordIds = [conversationId, noteId, generationId, kept.conversationId, kept.noteId];
  const people = [owner, newcomer, colleague].flatMap(({ id, email }) => [id, email]);
  return [organizationId, teamId, otherTeamId, keyId, invitation.id, ...recordIds, ...people];
}

export function buildMatrix(outcomes: PermissionOutcome[]): PermissionMatrix {
  const matrix: PermissionMatrix = {};
  for (const { area, row, outcome, caller } of outcomes) {
    const outcomesOfRow = ((matrix[area] ??= {})[row] ??= {});
    outcomesOfRow[outcome] = [outcomesOfRow[outcome], caller].filter(Boolean).join(' ');
  }
  return matrix;
}
