import { AccessChangeNotifier } from '@/platform/events/index.js';
import type { TestResponse, TestApp } from '../app/test-app.js';
import { DatabaseSnapshot } from '../database/database-snapshot.js';
import { buildOpenApiDocument, listOperations } from '../http/openapi-document.js';
import { type DeclaredRoute, declaredRoutes } from '../http/routes.js';
import { type CallerName, givenPermissionFixture, type TenantFixture } from './permission-fixture.js';
import { type MatrixCell, type RequestSample, REQUEST_SAMPLES } from './permission-samples.js';
import { XEL_IDS } from './permission-xel-samples.js';

/** The response to one caller in one row. */
export interface PermissionOutcome {
  /** A route, with a note in parentheses if it has several rows. */
  row: string;
  route: DeclaredRoute;
  area: string;
  caller: CallerName;
  /** `200`, or `403 role_insufficient`. */
  outcome: string;
  /** Strangers only: ids of the organization under test in the response, and the tables in which it changed. */
  leakedIds: string[];
  changedTables: string[];
}

/** Rows by area, each with the callers of each outcome: `{ "204": "owner key", ... }`. */
export type PermissionMatrix = Record<string, Record<string, Record<string, string>>>;

/** Pages and routes for operators are not in the API reference and have no area there. */
const UNDOCUMENTED = 'Pages and operations';

interface MatrixRow {
  row: string;
  route: DeclaredRoute;
  area: string;
}

/** Returns all rows in the order of the areas. */
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

/** Sends the request of every row as every caller; restores the database after each. */
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
        const { response, tenantIds, undo } = await callRoute({ app, fixture, caller }, row);
        const isStranger = strangers.includes(caller.name);
        outcomes.push({
          ...row,
          caller: caller.name,
          outcome:
            String(response.status) +
            (response.status < 400 ? '' : ` ${response.body?.code ?? response.body?.error?.code}`),
          leakedIds: isStranger ? tenantIds.filter((id) => response.text.includes(id)) : [],
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

/** Sends the valid request of a row; `around` may do something while it is sent. */
export async function callRoute(
  { app, fixture, caller }: Pick<MatrixCell, 'app' | 'fixture' | 'caller'>,
  { row, route }: MatrixRow,
  around: (send: () => Promise<TestResponse>) => Promise<TestResponse> = (send) => send(),
): Promise<{ response: TestResponse; tenantIds: string[]; undo: () => Promise<void> }> {
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
  const request = { body, form, headers: { ...caller.headers, ...headers } };
  const response = await around(() => app.call(method, search ? `${url}?${search}` : url, request));
  const undo = async (): Promise<void> => {
    app.clock.advance(-skippedSeconds);
    if (caller.sessionUser) await app.nest.get(AccessChangeNotifier).publishUserChange(caller.sessionUser.id); // sessions are cached
  };
  return { response, tenantIds: listTenantIds(tenant), undo };
}

/** Returns the value of a path parameter that the sample does not set. */
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
    document_id: tenant.knowledge.documentId,
    chunk_id: tenant.knowledge.chunkId,
    collection_id: tenant.knowledge.collectionId,
    receipt_id: tenant.knowledge.receiptId,
    webhook_id: tenant.webhook.webhookId,
    delivery_id: tenant.webhook.deliveryId,
    evaluation_id: tenant.xel.evaluationId,
    request_id: tenant.xel.requestId,
    review_id: tenant.xel.reviewId,
    file: 'index.html',
    ...XEL_IDS,
  };
  const id = ids[parameter];
  if (!id) throw new Error(`The fixture has no value for ${parameter}.`);
  return id;
}

/** Returns ids and addresses that are known only inside of the organization. */
function listTenantIds(tenant: TenantFixture): string[] {
  const { organizationId, teamId, otherTeamId, owner, newcomer, colleague, keyId, invitation } = tenant;
  const { conversationId, noteId, generationId, createdWithKey } = tenant.ownedRecords;
  const recordIds = [
    conversationId,
    noteId,
    generationId,
    createdWithKey.conversationId,
    createdWithKey.noteId,
  ];
  const { createdWithKey: knowledgeOfKey, ...knowledge } = tenant.knowledge;
  const knowledgeIds = [...Object.values(knowledge), ...Object.values(knowledgeOfKey)];
  const people = [owner, newcomer, colleague].flatMap(({ id, email }) => [id, email]);
  return [
    organizationId,
    teamId,
    otherTeamId,
    keyId,
    invitation.id,
    ...recordIds,
    ...knowledgeIds,
    ...Object.values(tenant.webhook),
    ...Object.values(tenant.xel),
    ...people,
  ];
}

export function buildMatrix(outcomes: PermissionOutcome[]): PermissionMatrix {
  const matrix: PermissionMatrix = {};
  for (const { area, row, outcome, caller } of outcomes) {
    const outcomesOfRow = ((matrix[area] ??= {})[row] ??= {});
    outcomesOfRow[outcome] = [outcomesOfRow[outcome], caller].filter(Boolean).join(' ');
  }
  return matrix;
}
