import type { Answer, TestApp } from '../app/test-app.js';
import {
  expectStatus,
  type GivenUser,
  givenOwner,
  givenUser,
  type UserOptions,
} from '../auth/given-users.js';

export type Role = 'owner' | 'admin' | 'team_manager' | 'member';

export const ROLES: readonly Role[] = ['owner', 'admin', 'team_manager', 'member'];

export const UNKNOWN_ID = '0190a0a0-0000-7000-8000-000000000000';

/** Ids that lead nowhere: well formed, and not. */
export const NO_IDS = [UNKNOWN_ID, 'not-an-id', '1', '%27%20OR%201=1', `${UNKNOWN_ID}0`];

export interface Person extends GivenUser {
  id: string;
}

/** An organization with one person of each role, and somebody outside of it. */
export interface Cast extends Record<Role, Person> {
  organizationId: string;
  outsider: Person;
}

/** Somebody without an organization. */
export async function givenPerson(app: TestApp, options?: UserOptions): Promise<Person> {
  return identified(app, await givenUser(app, options));
}

/** An owner whose home is the organization they founded. */
export async function givenFounder(app: TestApp): Promise<Person & { organizationId: string }> {
  const owner = await givenOwner(app);
  return { ...(await identified(app, owner)), organizationId: owner.organizationId };
}

/** Somebody new whom `by` adds with this role. */
export async function givenMemberOf(
  app: TestApp,
  { organizationId, by }: { organizationId: string; by: Person },
  role: Role = 'member',
): Promise<Person> {
  const person = await givenPerson(app);
  await expectStatus(201, addTo(app, { organizationId, by }, { user_id: person.id, role }));
  return person;
}

export async function givenCast(app: TestApp): Promise<Cast> {
  const owner = await givenFounder(app);
  const at = { organizationId: owner.organizationId, by: owner };
  return {
    organizationId: owner.organizationId,
    owner,
    admin: await givenMemberOf(app, at, 'admin'),
    team_manager: await givenMemberOf(app, at, 'team_manager'),
    member: await givenMemberOf(app, at),
    outsider: await givenPerson(app),
  };
}

/** An account made by the organization of `by`, with a password of its owner's own and logged in. */
export async function givenProvisioned(app: TestApp, by: Person, role: Role = 'member'): Promise<Person> {
  const email = `made-${(count += 1)}-${process.pid}@example.com`;
  const token = by.accessToken;
  const { id } = (await expectStatus(201, app.post('/api/v1/users', { email, role }, { token }))).body;
  const password = 'walrus paints eleven harbours';
  const link = await app.lastLink(email, 'reset-password');
  await expectStatus(200, app.post('/api/v1/auth/reset-password', { token: link, password }));
  const person = { ...by, id, email, password, username: '', refreshToken: '', secret: '', backupCodes: [] };
  return { ...person, accessToken: await logIn(app, person) };
}

let count = 0;

/** An access token for somebody without a second factor. */
export async function logIn(app: TestApp, { email, password }: Person): Promise<string> {
  const { body } = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
  return body.access_token as string;
}

export function addTo(
  app: TestApp,
  { organizationId, by }: { organizationId: string; by: Person },
  body: Record<string, unknown>,
  headers?: Record<string, string>,
): Promise<Answer> {
  return app.post(`/api/organizations/${organizationId}/members`, body, { token: by.accessToken, headers });
}

/** Role of each member, by user id, as stored. */
export async function rolesIn(app: TestApp, organizationId: string): Promise<Record<string, Role>> {
  const rows = await app.sql<{ user_id: string; role: Role }>(
    'SELECT user_id, role FROM memberships WHERE organization_id = $1',
    [organizationId],
  );
  return Object.fromEntries(rows.map(({ user_id, role }) => [user_id, role]));
}

export interface AuditRow {
  id: string;
  action: string;
  actor_id: string;
  target_id: string;
  details: Record<string, unknown>;
}

/** What the audit log of an organization holds, oldest first. */
export function auditRows(app: TestApp, organizationId: string): Promise<AuditRow[]> {
  return app.sql<AuditRow>(
    'SELECT id, action, actor_id, target_id, details FROM audit_events WHERE organization_id = $1 ORDER BY id',
    [organizationId],
  );
}

/** Invites an address and answers the invitation with the token that was mailed. */
export async function givenInvitation(
  app: TestApp,
  by: Person,
  { email = `guest-${(count += 1)}-${process.pid}@example.com`, role = 'member' as Role } = {},
): Promise<{ id: string; email: string; token: string }> {
  const request = app.post('/api/v1/invitations', { email, role }, { token: by.accessToken });
  const { id } = (await expectStatus(201, request)).body;
  return { id, email, token: await app.lastLink(email, 'accept-invitation') };
}

/** A cast with something of everything that can be changed. */
export interface Scene extends Cast {
  org: string;
  /** A member whom nobody misses. */
  target: Person;
  /** One whose home this is. */
  made: Person;
  teamId: string;
  invited: Person;
  invitation: { id: string; token: string };
}

export async function givenScene(app: TestApp): Promise<Scene> {
  const cast = await givenCast(app);
  const { organizationId, owner, member } = cast;
  const org = `/api/organizations/${organizationId}`;
  const target = await givenMemberOf(app, { organizationId, by: owner });
  const made = await givenProvisioned(app, owner);
  const invited = await givenPerson(app);
  const invitation = await givenInvitation(app, owner, { email: invited.email });
  const call = { token: owner.accessToken };
  const team = await expectStatus(201, app.post(`${org}/teams`, { name: 'Berlin' }, call));
  const teamId = team.body.id as string;
  await expectStatus(200, app.call('PUT', `${org}/teams/${teamId}/members/${member.id}`, call));
  return { ...cast, org, target, made, teamId, invited, invitation };
}

/** Status and machine code of a refusal. */
export function refusal({ status, body }: Answer): [number, string | undefined] {
  return [status, body?.code];
}

/** Where the `Link` header says the list goes on. */
export function nextOf({ headers }: Answer): string | undefined {
  return /^<([^>]+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
}

/** Every row of a list, page after page, and how many pages it took. */
export async function walk<Row>(
  app: TestApp,
  url: string,
  token: string,
): Promise<{ rows: Row[]; pages: number }> {
  const rows: Row[] = [];
  let pages = 0;
  for (let next: string | undefined = url; next !== undefined; pages += 1) {
    const answer: Answer = await expectStatus(200, app.get(next, { token }));
    rows.push(...(answer.body as Row[]));
    next = nextOf(answer);
  }
  return { rows, pages };
}

/** The same thing `times` times at once. */
export function together<T>(times: number, act: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => act(index)));
}

async function identified(app: TestApp, user: GivenUser): Promise<Person> {
  const { body } = await expectStatus(200, app.get('/api/auth/me', { token: user.accessToken }));
  return { ...user, id: body.id, username: body.username };
}
