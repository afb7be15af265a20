import { type Scope, SCOPES } from '@/platform/access/scopes.js';
import type { TestApp } from '../app/test-app.js';
import { givenApiKey } from '../auth/api-keys.js';
import { enableTwoFactor, totpCode } from '../auth/given-users.js';
import { expectStatus } from '../http/responses.js';
import {
  givenOwnerWithId,
  givenInvitation,
  givenMember,
  givenUserWithId,
  givenProvisionedUser,
  logIn,
  type UserWithId,
} from './given-organizations.js';
import { type OwnedRecords, givenOwnedRecords } from './permission-conversation-samples.js';
import {
  givenKnowledgeRecords,
  type KnowledgeRecords,
  postponeIngestion,
  resumeIngestion,
} from './permission-knowledge-samples.js';
import { givenWebhookRecords, type WebhookRecords } from './permission-webhook-samples.js';
import { givenXelRecords, type XelRecords } from './permission-xel-samples.js';

/** The callers, in the order of the columns of the permission table. */
export const CALLERS = [
  'anonymous',
  'owner',
  'admin',
  'team_manager',
  'member',
  'outsider',
  'foreign_owner',
  'key',
  'key_without_scope',
  'member_key',
  'foreign_key',
  'weak_owner',
  'weak_member',
  'weak_key',
] as const;
export type CallerName = (typeof CALLERS)[number];

/** Callers without a relation to the organization under test. */
export const STRANGERS: readonly CallerName[] = ['anonymous', 'outsider', 'foreign_owner', 'foreign_key'];

/** An organization with a resource for each id that a path, query or body names. */
export interface TenantFixture {
  organizationId: string;
  owner: UserWithId;
  /** The team of the team manager. */
  teamId: string;
  /** A team without members. */
  otherTeamId: string;
  /** A member without a team. */
  newcomer: UserWithId;
  /** A member of the team whom the organization created, with a second factor. */
  colleague: UserWithId;
  /** An account that the organization created and its user has not accepted. */
  unacceptedUserId: string;
  keyId: string;
  sessionId: string;
  invitation: { id: string; token: string };
  integrationToken: string;
  ownedRecords: OwnedRecords;
  knowledge: KnowledgeRecords;
  webhook: WebhookRecords;
  xel: XelRecords;
}

export interface MatrixCaller {
  name: CallerName;
  /** The user, or the creator of the key; absent for anonymous calls. */
  user?: UserWithId;
  /** The signed-in user; absent for anonymous calls and keys. */
  sessionUser?: UserWithId;
  headers: Record<string, string>;
  tenant: TenantFixture;
}

export interface PermissionFixture {
  callers: MatrixCaller[];
  tenant: TenantFixture;
  foreignTenant: TenantFixture;
  /** A user without an organization, who sends no request. */
  unaffiliatedUser: UserWithId;
  /** Users with a second factor. */
  totpUser: UserWithId;
  emailFactorUser: UserWithId;
}

const READ_SCOPES: Scope[] = [
  'organizations:read',
  'integrations:read',
  'conversations:read',
  'rag:read',
  'live:read',
];

/**
 * Creates three organizations: the one under test, a foreign one, and one that requires a second factor. The weak callers
 * belong to the last one: an owner and a member without a second factor, and a key of that owner.
 */
export async function givenPermissionFixture(app: TestApp): Promise<PermissionFixture> {
  await resumeIngestion(app);
  const totpUser = await givenUserWithId(app, { twoFactor: 'totp' });
  const emailFactorUser = await givenUserWithId(app, { twoFactor: 'email' });
  const strictTenant = await givenTenant(app);
  const weakOwner = await givenMember(app, addedByOwner(strictTenant), 'owner');
  const weakMember = await givenMember(app, addedByOwner(strictTenant));
  await chooseOrganization(app, strictTenant, weakMember);
  const weakKey = await createKeyFor(app, strictTenant, weakOwner);
  await enableTwoFactor(app, strictTenant.owner, 'totp');
  await expectStatus(200, patchOrganization(app, strictTenant, { enforce_2fa: true }));

  const tenant = await givenTenant(app);
  const admin = await givenMember(app, addedByOwner(tenant), 'admin');
  const manager = await givenMember(app, addedByOwner(tenant), 'team_manager');
  await addToTeam(app, tenant, manager);
  const member = await givenMember(app, addedByOwner(tenant));
  const memberKey = await createKeyFor(app, tenant, member, READ_SCOPES);
  tenant.keyId = memberKey.id;
  const foreignTenant = await givenTenant(app);
  const outsider = await givenUserWithId(app);
  await postponeIngestion(app);

  const callers = [
    { name: 'anonymous', headers: {}, tenant } as MatrixCaller,
    await freshSessionCaller(app, 'owner', tenant.owner, tenant),
    await freshSessionCaller(app, 'admin', admin, tenant),
    await freshSessionCaller(app, 'team_manager', manager, tenant),
    await freshSessionCaller(app, 'member', member, tenant),
    await freshSessionCaller(app, 'outsider', outsider, tenant),
    await freshSessionCaller(app, 'foreign_owner', foreignTenant.owner, tenant),
    keyCaller('key', await createKeyFor(app, tenant, tenant.owner), tenant),
    keyCaller('key_without_scope', await createKeyFor(app, tenant, tenant.owner, ['quiz:read']), tenant),
    keyCaller('member_key', memberKey, tenant),
    keyCaller('foreign_key', await createKeyFor(app, foreignTenant, foreignTenant.owner), tenant),
    sessionCaller('weak_owner', weakOwner, strictTenant),
    sessionCaller('weak_member', weakMember, strictTenant),
    keyCaller('weak_key', weakKey, strictTenant),
  ];
  return {
    callers,
    tenant,
    foreignTenant,
    unaffiliatedUser: await givenUserWithId(app),
    totpUser,
    emailFactorUser,
  };
}

async function givenTenant(app: TestApp): Promise<TenantFixture> {
  const owner = await givenOwnerWithId(app);
  const { organizationId, accessToken: token } = owner;
  const createTeam = async (name: string): Promise<string> =>
    (await expectStatus(201, app.post(`/api/organizations/${organizationId}/teams`, { name }, { token })))
      .body.id;
  const colleague = await givenProvisionedUser(app, owner);
  await enableTwoFactor(app, colleague, 'totp');
  const unaccepted = app.post('/api/v1/users', { email: `new-${owner.email}` }, { token });
  const grant = { tenantId: organizationId, origin: 'https://partner.example.com', scopes: ['quota:read'] };
  const granted = app.post('/api/integration/grant', { ...grant, ttlSeconds: 3600 }, { token });
  const { id: keyId, key } = await createKeyFor(app, { organizationId }, owner);
  const teamId = await createTeam('Berlin');
  const ownedRecords = await givenOwnedRecords(app, owner, key);
  const { conversationId } = ownedRecords;
  const newcomer = await givenMember(app, { organizationId, by: owner });
  const tenant: TenantFixture = {
    organizationId,
    owner,
    colleague,
    unacceptedUserId: (await expectStatus(201, unaccepted)).body.id as string,
    keyId,
    teamId,
    otherTeamId: await createTeam('Paris'),
    newcomer,
    sessionId: await openAnotherSession(app, owner),
    invitation: await givenInvitation(app, owner),
    integrationToken: (await expectStatus(201, granted)).body.token as string,
    ownedRecords,
    knowledge: await givenKnowledgeRecords(app, { owner, key, organizationId, teamId, conversationId }),
    webhook: await givenWebhookRecords(app, owner),
    xel: await givenXelRecords(app, { ownerId: owner.id, learnerId: newcomer.id, organizationId }),
  };
  await addToTeam(app, tenant, colleague);
  return tenant;
}

async function openAnotherSession(app: TestApp, person: UserWithId): Promise<string> {
  const { body } = await expectStatus(
    200,
    app.get('/api/auth/sessions', { token: await logIn(app, person) }),
  );
  return (body as { id: string; current: boolean }[]).find(({ current }) => current)?.id ?? '';
}

function addedByOwner({ organizationId, owner: by }: TenantFixture): {
  organizationId: string;
  by: UserWithId;
} {
  return { organizationId, by };
}

/** A request that names an organization counts as joining it by one's own action. */
async function chooseOrganization(
  app: TestApp,
  { organizationId }: TenantFixture,
  { accessToken: token }: UserWithId,
): Promise<void> {
  await expectStatus(200, app.get(`/api/organizations/${organizationId}`, { token }));
}

function patchOrganization(
  app: TestApp,
  { organizationId, owner }: TenantFixture,
  body: object,
): ReturnType<TestApp['patch']> {
  return app.patch(`/api/organizations/${organizationId}`, body, { token: owner.accessToken });
}

async function addToTeam(
  app: TestApp,
  { organizationId, owner, teamId }: TenantFixture,
  { id }: UserWithId,
): Promise<void> {
  const url = `/api/organizations/${organizationId}/teams/${teamId}/members/${id}`;
  await expectStatus(200, app.call('PUT', url, { token: owner.accessToken }));
}

interface CreatedKey {
  id: string;
  key: string;
  by: UserWithId;
}

async function createKeyFor(
  app: TestApp,
  { organizationId }: Pick<TenantFixture, 'organizationId'>,
  by: UserWithId,
  scopes: Scope[] = [...SCOPES],
): Promise<CreatedKey> {
  return { ...(await givenApiKey(app, { organizationId, by, scopes })), by };
}

function keyCaller(name: CallerName, { key, by: user }: CreatedKey, tenant: TenantFixture): MatrixCaller {
  return { name, user, headers: { 'x-api-key': key }, tenant };
}

function sessionCaller(name: CallerName, person: UserWithId, tenant: TenantFixture): MatrixCaller {
  return {
    name,
    user: person,
    sessionUser: person,
    headers: { authorization: `Bearer ${person.accessToken}` },
    tenant,
  };
}

/** Returns a caller with a new session, because some operations require a recent login. */
async function freshSessionCaller(
  app: TestApp,
  name: CallerName,
  person: UserWithId,
  tenant: TenantFixture,
): Promise<MatrixCaller> {
  return sessionCaller(name, { ...person, accessToken: await logIn(app, person) }, tenant);
}

/** Enables TOTP for a signed-in user; returns a backup code. */
export async function enableTotpForBackupCode(
  app: TestApp,
  { accessToken: token }: UserWithId,
): Promise<string> {
  const setup = await expectStatus(200, app.post('/api/v1/auth/2fa/setup', { method: 'totp' }, { token }));
  const code = totpCode(app, setup.body.secret as string);
  const { body } = await expectStatus(200, app.post('/api/v1/auth/2fa/confirm', { code }, { token }));
  return body.backup_codes[0] as string;
}
