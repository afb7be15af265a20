import { AccessChanges } from '@/platform/events/index.js';
import type { Answer, TestApp } from '../app/test-app.js';
import { DatabaseSnapshot } from '../database/database-snapshot.js';
import { documentOf, operationsOf } from '../http/openapi-document.js';
import { type Cell, type Sample, SAMPLES } from './permission-samples.js';
import { type Caller, type CallerName, givenScene, type Place, type Scene } from './permission-fixture.js';
import { type DeclaredRoute, declaredRoutes } from '../http/routes.js';

/** What one caller got from one row. */
export interface Outcome {
  /** A route, with a note in brackets where it has several rows. */
  row: string;
  route: DeclaredRoute;
  area: string;
  caller: CallerName;
  /** `200`, or `403 role_insufficient`. */
  outcome: string;
  /** Strangers only: what of the organization under test the answer shows, and in which tables it changed. */
  shown: string[];
  changed: string[];
}

/** Rows by area; each says which callers get which outcome: `{ "204": "owner key", ... }`. */
export type Matrix = Record<string, Record<string, Record<string, string>>>;

/** Pages and addresses for operators are not in the API reference and so have no area of their own. */
const UNDOCUMENTED = 'Pages and operations';

interface Row {
  row: string;
  route: DeclaredRoute;
  area: string;
}

/** Every route with its notes, by area. */
export function rowsOf(app: TestApp): Row[] {
  const areas = new Map(
    operationsOf(documentOf(app)).map(({ name, operation }) => [
      name.replace(/\{(\w+)\}/g, ':$1'),
      operation.tags?.[0] ?? UNDOCUMENTED,
    ]),
  );
  const rows = declaredRoutes(app).flatMap((route) => {
    const area = areas.get(route.route) ?? UNDOCUMENTED;
    const noted = Object.keys(SAMPLES).filter((row) => row.startsWith(`${route.route} (`));
    return [route.route, ...noted].map((row) => ({ row, route, area }));
  });
  const order = [...new Set([...areas.values(), UNDOCUMENTED])];
  return rows.sort((a, b) => order.indexOf(a.area) - order.indexOf(b.area));
}

/** Calls every row as every caller, each on the same untouched scene. */
export async function walk(app: TestApp, strangers: readonly CallerName[]): Promise<Outcome[]> {
  const scene = await givenScene(app);
  const snapshot = await DatabaseSnapshot.take(app);
  const outcomes: Outcome[] = [];
  try {
    for (const row of rowsOf(app)) {
      for (const caller of scene.callers) {
        const { answer, secrets, undo } = await ask({ app, scene, caller }, row);
        const strange = strangers.includes(caller.name);
        outcomes.push({
          ...row,
          caller: caller.name,
          outcome: String(answer.status) + (answer.status < 400 ? '' : ` ${answer.body?.code}`),
          shown: strange ? secrets.filter((secret) => answer.text.includes(secret)) : [],
          changed: strange ? await snapshot.changedIn(caller.place.organizationId) : [],
        });
        await snapshot.restore();
        await undo();
      }
    }
  } finally {
    await snapshot.release();
  }
  return outcomes;
}

async function ask(
  { app, scene, caller }: { app: TestApp; scene: Scene; caller: Caller },
  { row, route }: Row,
): Promise<{ answer: Answer; secrets: string[]; undo: () => Promise<void> }> {
  const { place } = caller;
  let waited = 0;
  const wait = (seconds: number): void => {
    waited += seconds;
    app.clock.advance(seconds);
  };
  const cell: Cell = { app, scene, caller, place, wait };
  const { params = {}, query = {}, body, form, headers }: Sample = (await SAMPLES[row]?.(cell)) ?? {};
  const [method = '', path = ''] = route.route.split(' ');
  const url = path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? idIn(place, name));
  const search = new URLSearchParams(query).toString();
  const answer = await app.call(method, search ? `${url}?${search}` : url, {
    body,
    form,
    headers: { ...caller.headers, ...headers },
  });
  const undo = async (): Promise<void> => {
    app.clock.advance(-waited);
    if (caller.person) await app.app.get(AccessChanges).ofUser(caller.person.id); // sessions are cached
  };
  return { answer, secrets: secretsOf(place), undo };
}

/** What a parameter of a path stands for unless the sample says otherwise. */
function idIn(place: Place, parameter: string): string {
  const ids: Record<string, string> = {
    org_id: place.organizationId,
    team_id: place.teamId,
    target_user_id: place.newcomer.id,
    user_id: place.newcomer.id,
    invitation_id: place.invitation.id,
    key_id: place.keyId,
    session_id: place.sessionId,
    conversation_id: place.belongings.conversationId,
    note_id: place.belongings.noteId,
    generation_id: place.belongings.generationId,
  };
  const id = ids[parameter];
  if (!id) throw new Error(`Nothing in the scene is a ${parameter}.`);
  return id;
}

/** What nobody outside of an organization can know of it. */
function secretsOf(place: Place): string[] {
  const { organizationId, teamId, otherTeamId, owner, newcomer, colleague, keyId, invitation } = place;
  const { conversationId, noteId, generationId, kept } = place.belongings;
  const things = [conversationId, noteId, generationId, kept.conversationId, kept.noteId];
  const people = [owner, newcomer, colleague].flatMap(({ id, email }) => [id, email]);
  return [organizationId, teamId, otherTeamId, keyId, invitation.id, ...things, ...people];
}

export function matrixOf(outcomes: Outcome[]): Matrix {
  const matrix: Matrix = {};
  for (const { area, row, outcome, caller } of outcomes) {
    const outcomesOfRow = ((matrix[area] ??= {})[row] ??= {});
    outcomesOfRow[outcome] = [outcomesOfRow[outcome], caller].filter(Boolean).join(' ');
  }
  return matrix;
}
