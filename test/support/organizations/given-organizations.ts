import { type TestResponse, TestApp } from '../app/test-app.js';
import { type TestUser, givenOwner, givenUser, type TestUserOptions } from '../auth/given-users.js';
import { expectStatus } from '../http/responses.js';

export type Role = 'owner' | 'admin' | 'team_manager' | 'member';

export const ROLES: readonly Role[] = ['owner', 'admin', 'team_manager', 'member'];

export const UNKNOWN_ID = '0190a0a0-0000-7000-8000-000000000000';

/** Ids of no resource, well-formed and malformed. */
export const UNRESOLVABLE_IDS = [UNKNOWN_ID, 'not-an-id', '1', '%27%20OR%201=1', `${UNKNOWN_ID}0`];

export interface UserWithId extends TestUser {
  id: string;
}

/** An organization with one user of each role, and a user outside of it. */
export interface OrganizationFixture extends Record<Role, UserWithId> {
  organizationId: string;
  outsider: UserWithId;
}

/** Creates a user without an organization. */
export async function givenUserWithId(app: TestApp, options?: TestUserOptions): Promise<UserWithId> {
  return withId(app, await givenUser(app, options));
}

export type OwnerWithId = UserWithId & { organizationId: string };

/** Creates an owner whose home is the organization that they created. */
export async function givenOwnerWithId(app: TestApp): Promise<OwnerWithId> {
  const owner = await givenOwner(app);
  return { ...(await withId(app, owner)), organizationId: owner.organizationId };
}

/** Starts an application, whose first account is the owner of an organization. */
export async function startWithOwner(): Promise<{ app: TestApp; owner: OwnerWithId }> {
  const app = await TestApp.start();
  return { app, owner: await givenOwnerWithId(app) };
}

/** Creates a user, whom `by` adds with this role. */
export async function givenMember(
  app: TestApp,
  { organizationId, by }: { organizationId: string; by: UserWithId },
  role: Role = 'member',
): Promise<UserWithId> {
  const user = await givenUserWithId(app);
  await expectStatus(201, addOrganizationMember(app, { organizationId, by }, { user_id: user.id, role }));
  return user;
}

export async function givenOrganization(app: TestApp): Promise<OrganizationFixture> {
  const owner = await givenOwnerWithId(app);
  const membership = { organizationId: owner.organizationId, by: owner };
  return {
    organizationId: owner.organizationId,
    owner,
    admin: await givenMember(app, membership, 'admin'),
    team_manager: await givenMember(app, membership, 'team_manager'),
    member: await givenMember(app, membership),
    outsider: await givenUserWithId(app),
  };
}

/** Creates a user as an administrator (`by`); the user sets a password and logs in. */
export async function givenProvisionedUser(
  app: TestApp,
  by: UserWithId,
  role: Role = 'member',
): Promise<UserWithId> {
  const email = `made-${(count += 1)}-${process.pid}@example.com`;
  const token = by.accessToken;
  const { id } = (await expectStatus(201, app.post('/api/v1/users', { email, role }, { token }))).body;
  const password = 'walrus paints eleven harbours';
  const resetToken = await app.lastLinkToken(email, 'reset-password');
  await expectStatus(200, app.post('/api/v1/auth/reset-password', { token: resetToken, password }));
  const user = { ...by, id, email, password, username: '', refreshToken: '', secret: '', backupCodes: [] };
  return { ...user, accessToken: await logIn(app, user) };
}

let count = 0;

/** Logs in a user without a second factor; returns the access token. */
export async function logIn(app: TestApp, { email, password }: UserWithId): Promise<string> {
  const { body } = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
  return body.access_token as string;
}

export function addOrganizationMember(
  app: TestApp,
  { organizationId, by }: { organizationId: string; by: UserWithId },
  body: Record<string, unknown>,
  headers?: Record<string, string>,
): Promise<TestResponse> {
  return app.post(`/api/organizations/${organizationId}/members`, body, { token: by.accessToken, headers });
}

/** Returns the stored role of each member by user id. */
export async function storedRoles(app: TestApp, organizationId: string): Promise<Record<string, Role>> {
  const rows = await app.sql<{ user_id: string; role: Role }>(
    'SELECT user_id, role FROM memberships WHERE organization_id = $1',
    [organizationId],
  );
  return Object.fromEntries(rows.map(({ user_id, role }) => [user_id, role]));
}

export interface StoredAuditEvent {
  id: string;
  action: string;
  actor_id: string;
  target_id: string;
  details: Record<string, unknown>;
}

/** Returns the stored audit events of an organization, oldest first. */
export function storedAuditEvents(app: TestApp, organizationId: string): Promise<StoredAuditEvent[]> {
  return app.sql<StoredAuditEvent>(
    'SELECT id, action, actor_id, target_id, details FROM audit_events WHERE organization_id = $1 ORDER BY id',
    [organizationId],
  );
}

/** Invites an address; returns the invitation with the mailed token. */
export async function givenInvitation(
  app: TestApp,
  by: UserWithId,
  { email = `guest-${(count += 1)}-${process.pid}@example.com`, role = 'member' as Role } = {},
): Promise<{ id: string; email: string; token: string }> {
  const request = app.post('/api/v1/invitations', { email, role }, { token: by.accessToken });
  const { id } = (await expectStatus(201, request)).body;
  return { id, email, token: await app.lastLinkToken(email, 'accept-invitation') };
}

/** An organization with one resource of each kind. */
export interface PopulatedOrganization extends OrganizationFixture {
  organizationUrl: string;
  /** A member whom tests change or remove. */
  target: UserWithId;
  /** A member whose home is this organization. */
  provisioned: UserWithId;
  teamId: string;
  invited: UserWithId;
  invitation: { id: string; token: string };
}

export async function givenPopulatedOrganization(app: TestApp): Promise<PopulatedOrganization> {
  const fixture = await givenOrganization(app);
  const { organizationId, owner, member } = fixture;
  const organizationUrl = `/api/organizations/${organizationId}`;
  const target = await givenMember(app, { organizationId, by: owner });
  const provisioned = await givenProvisionedUser(app, owner);
  const invited = await givenUserWithId(app);
  const invitation = await givenInvitation(app, owner, { email: invited.email });
  const call = { token: owner.accessToken };
  const team = await expectStatus(201, app.post(`${organizationUrl}/teams`, { name: 'Berlin' }, call));
  const teamId = team.body.id as string;
  await expectStatus(200, app.call('PUT', `${organizationUrl}/teams/${teamId}/members/${member.id}`, call));
  return { ...fixture, organizationUrl, target, provisioned, teamId, invited, invitation };
}

/** Runs an action `times` times in parallel. */
export function inParallel<T>(times: number, action: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => action(index)));
}

async function withId(app: TestApp, user: TestUser): Promise<UserWithId> {
  const { body } = await expectStatus(200, app.get('/api/auth/me', { token: user.accessToken }));
  return { ...user, id: body.id, username: body.username };
}
