import { type Scope, SCOPES } from '@/platform/access/scopes.js';
import { givenKey } from '../auth/api-keys.js';
import type { TestApp } from '../app/test-app.js';
import { enableTwoFactor, expectStatus, totp } from '../auth/given-users.js';
import {
  givenFounder,
  givenInvitation,
  givenMemberOf,
  givenPerson,
  givenProvisioned,
  logIn,
  type Person,
} from './given-organizations.js';
import { type Belongings, givenBelongings } from './permission-conversation-samples.js';

/** Who calls, in the order of the columns of the permission table. */
export const CALLERS = [
  'nobody',
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

/** Callers that have nothing to do with the organization under test. */
export const STRANGERS: readonly CallerName[] = ['nobody', 'outsider', 'foreign_owner', 'foreign_key'];

/** An organization with everything in it that a path, query or body can name. */
export interface Place {
  organizationId: string;
  owner: Person;
  /** The team that the team manager is in. */
  teamId: string;
  /** One that nobody is in. */
  otherTeamId: string;
  /** A plain member who is in no team. */
  newcomer: Person;
  /** A plain member in the team, whose account the organization made, with a second factor. */
  colleague: Person;
  keyId: string;
  sessionId: string;
  invitation: { id: string; token: string };
  integrationToken: string;
  belongings: Belongings;
}

export interface Caller {
  name: CallerName;
  /** Who calls, or whose key it is; absent for nobody. */
  actsAs?: Person;
  /** Who is signed in; absent for nobody and for keys. */
  person?: Person;
  headers: Record<string, string>;
  place: Place;
}

export interface Scene {
  callers: Caller[];
  place: Place;
  foreign: Place;
  /** Somebody without an organization, who calls nothing. */
  stranger: Person;
  /** People who log in with a second factor. */
  withApp: Person;
  withMail: Person;
}

const READ_SCOPES: Scope[] = ['organizations:read', 'integrations:read', 'conversations:read'];

/**
 * Three organizations: the one under test, a foreign one, and one that requires a second factor, in which the weak
 * callers are: an owner, a member, and a key of that owner, all without one.
 */
export async function givenScene(app: TestApp): Promise<Scene> {
  const withApp = await givenPerson(app, { twoFactor: 'totp' });
  const withMail = await givenPerson(app, { twoFactor: 'email' });
  const strict = await givenPlace(app);
  const weakOwner = await givenMemberOf(app, at(strict), 'owner');
  const weakMember = await givenMemberOf(app, at(strict));
  await uses(app, strict, weakMember);
  const weakKey = await keyOf(app, strict, weakOwner);
  await enableTwoFactor(app, strict.owner, 'totp');
  await expectStatus(200, patch(app, strict, { enforce_2fa: true }));

  const place = await givenPlace(app);
  const admin = await givenMemberOf(app, at(place), 'admin');
  const manager = await givenMemberOf(app, at(place), 'team_manager');
  await intoTeam(app, place, manager);
  const member = await givenMemberOf(app, at(place));
  const memberKey = await keyOf(app, place, member, READ_SCOPES);
  place.keyId = memberKey.id;
  const foreign = await givenPlace(app);
  const outsider = await givenPerson(app);

  const callers = [
    { name: 'nobody', headers: {}, place } as Caller,
    await signedIn(app, 'owner', place.owner, place),
    await signedIn(app, 'admin', admin, place),
    await signedIn(app, 'team_manager', manager, place),
    await signedIn(app, 'member', member, place),
    await signedIn(app, 'outsider', outsider, place),
    await signedIn(app, 'foreign_owner', foreign.owner, place),
    withKey('key', await keyOf(app, place, place.owner), place),
    withKey('key_without_scope', await keyOf(app, place, place.owner, ['quiz:read']), place),
    withKey('member_key', memberKey, place),
    withKey('foreign_key', await keyOf(app, foreign, foreign.owner), place),
    withSession('weak_owner', weakOwner, strict),
    withSession('weak_member', weakMember, strict),
    withKey('weak_key', weakKey, strict),
  ];
  return { callers, place, foreign, stranger: await givenPerson(app), withApp, withMail };
}

async function givenPlace(app: TestApp): Promise<Place> {
  const owner = await givenFounder(app);
  const { organizationId, accessToken: token } = owner;
  const teamNamed = async (name: string): Promise<string> =>
    (await expectStatus(201, app.post(`/api/organizations/${organizationId}/teams`, { name }, { token })))
      .body.id;
  const colleague = await givenProvisioned(app, owner);
  await enableTwoFactor(app, colleague, 'totp');
  const grant = { tenantId: organizationId, origin: 'https://partner.example.com', scopes: ['quota:read'] };
  const granted = app.post('/api/integration/grant', { ...grant, ttlSeconds: 3600 }, { token });
  const { id: keyId, key } = await keyOf(app, { organizationId }, owner);
  const place: Place = {
    ...{ organizationId, owner, colleague, keyId },
    teamId: await teamNamed('Berlin'),
    otherTeamId: await teamNamed('Paris'),
    newcomer: await givenMemberOf(app, { organizationId, by: owner }),
    sessionId: await anotherSession(app, owner),
    invitation: await givenInvitation(app, owner),
    integrationToken: (await expectStatus(201, granted)).body.token as string,
    belongings: await givenBelongings(app, owner, key),
  };
  await intoTeam(app, place, colleague);
  return place;
}

async function anotherSession(app: TestApp, person: Person): Promise<string> {
  const { body } = await expectStatus(
    200,
    app.get('/api/auth/sessions', { token: await logIn(app, person) }),
  );
  return (body as { id: string; current: boolean }[]).find(({ current }) => current)?.id ?? '';
}

function at({ organizationId, owner: by }: Place): { organizationId: string; by: Person } {
  return { organizationId, by };
}

/** Naming an organization counts as joining it by one's own act. */
async function uses(app: TestApp, { organizationId }: Place, { accessToken: token }: Person): Promise<void> {
  await expectStatus(200, app.get(`/api/organizations/${organizationId}`, { token }));
}

function patch(app: TestApp, { organizationId, owner }: Place, body: object): ReturnType<TestApp['patch']> {
  return app.patch(`/api/organizations/${organizationId}`, body, { token: owner.accessToken });
}

async function intoTeam(
  app: TestApp,
  { organizationId, owner, teamId }: Place,
  { id }: Person,
): Promise<void> {
  const url = `/api/organizations/${organizationId}/teams/${teamId}/members/${id}`;
  await expectStatus(200, app.call('PUT', url, { token: owner.accessToken }));
}

interface MadeKey {
  id: string;
  key: string;
  by: Person;
}

async function keyOf(
  app: TestApp,
  { organizationId }: Pick<Place, 'organizationId'>,
  by: Person,
  scopes: Scope[] = [...SCOPES],
): Promise<MadeKey> {
  return { ...(await givenKey(app, { organizationId, by, scopes })), by };
}

function withKey(name: CallerName, { key, by: actsAs }: MadeKey, place: Place): Caller {
  return { name, actsAs, headers: { 'x-api-key': key }, place };
}

function withSession(name: CallerName, person: Person, place: Place): Caller {
  return { name, actsAs: person, person, headers: { authorization: `Bearer ${person.accessToken}` }, place };
}

/** With a session of this moment: the first one is older, and some operations ask for a recent password. */
async function signedIn(app: TestApp, name: CallerName, person: Person, place: Place): Promise<Caller> {
  return withSession(name, { ...person, accessToken: await logIn(app, person) }, place);
}

/** Gives somebody who is signed in an authenticator app; answers a backup code of it. */
export async function withBackupCode(app: TestApp, { accessToken: token }: Person): Promise<string> {
  const setup = await expectStatus(200, app.post('/api/v1/auth/2fa/setup', { method: 'totp' }, { token }));
  const code = totp(app, setup.body.secret as string);
  const { body } = await expectStatus(200, app.post('/api/v1/auth/2fa/confirm', { code }, { token }));
  return body.backup_codes[0] as string;
}
