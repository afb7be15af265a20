import type { TestApp } from '../app/test-app.js';
import { expectStatus, PASSWORD, tempTokenOf, totp } from '../auth/given-users.js';
import { conversationSamples } from './permission-conversation-samples.js';
import { type Caller, type Place, type Scene, withBackupCode } from './permission-fixture.js';

export interface Cell {
  app: TestApp;
  scene: Scene;
  caller: Caller;
  /** The organization the request is about. */
  place: Place;
  /** Lets time pass for this cell only. */
  wait: (seconds: number) => void;
}

export interface Sample {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: object;
  form?: Record<string, string>;
  headers?: Record<string, string>;
}

export type MakeSample = (cell: Cell) => Sample | Promise<Sample>;

const NEW_EMAIL = 'newcomer@example.com';
const ORIGIN = 'https://partner.example.com';
const NO_CODE = 'AAAA-AAAA-AAAA-AAAA';

/**
 * A request that is valid for every caller, for each route that takes one or names something a place does not have.
 * A note in brackets behind a route makes another row of it. What has to happen first is done as the caller, where
 * the caller is signed in.
 */
export const SAMPLES: Readonly<Record<string, MakeSample>> = {
  ...account(),
  ...login(),
  ...secondFactor(),
  ...organizations(),
  ...members(),
  ...teams(),
  ...administration(),
  ...invitations(),
  ...apiKeys(),
  ...integrationTokens(),
  ...conversationSamples(),
  'GET /dev/outbox': () => ({ query: { to: NEW_EMAIL }, headers: { host: 'localhost' } }),
};

function account(): Record<string, MakeSample> {
  return {
    'POST /api/auth/register': () => ({
      body: { username: 'newcomer', email: NEW_EMAIL, password: PASSWORD },
    }),
    'POST /api/v1/auth/register': () => ({
      body: { email: NEW_EMAIL, password: PASSWORD, company_name: 'Newcomers' },
    }),
    'PATCH /api/auth/me': () => ({ body: { full_name: 'Grace Hopper' } }),
    'PATCH /api/auth/me (primary organization)': ({ place }) => ({
      body: { organization_id: place.organizationId },
    }),
    'PATCH /api/v1/users/me': () => ({ body: { first_name: 'Grace' } }),
    'DELETE /api/auth/me': () => ({ body: { password: PASSWORD } }),
    'POST /api/auth/email': () => ({ body: { email: NEW_EMAIL, password: PASSWORD } }),
  };
}

function login(): Record<string, MakeSample> {
  return {
    'POST /api/auth/token': ({ scene: { stranger } }) => ({
      form: { username: stranger.email, password: PASSWORD },
    }),
    'POST /api/v1/auth/login': ({ scene: { stranger } }) => ({
      body: { email: stranger.email, password: PASSWORD },
    }),
    'POST /api/auth/refresh': () => ({}),
    'POST /api/auth/logout': () => ({}),
    'POST /api/v1/auth/logout': () => ({}),
    'POST /api/v1/auth/forgot-password': ({ scene: { stranger } }) => ({ body: { email: stranger.email } }),
    'POST /api/v1/auth/reset-password': async ({ app, scene: { stranger } }) => {
      await app.post('/api/v1/auth/forgot-password', { email: stranger.email });
      const token = await app.lastLink(stranger.email, 'reset-password');
      return { body: { token, password: 'walrus paints eleven harbours' } };
    },
    'POST /api/v1/auth/verify-email': async ({ app, scene: { stranger } }) => ({
      body: { token: await app.lastLink(stranger.email, 'verify-email') },
    }),
    'POST /api/v1/auth/resend-verification': ({ scene: { stranger } }) => ({
      body: { email: stranger.email },
    }),
  };
}

function secondFactor(): Record<string, MakeSample> {
  return {
    'POST /api/v1/auth/verify-2fa': async ({ app, scene: { withApp } }) => ({
      body: { temp_token: await tempTokenOf(app, withApp), code: withApp.backupCodes[0] },
    }),
    'POST /api/v1/auth/resend-2fa': async ({ app, scene: { withMail }, wait }) => {
      const temp_token = await tempTokenOf(app, withMail);
      wait(61);
      return { body: { temp_token } };
    },
    'POST /api/v1/auth/2fa/setup-with-temp': async (cell) => ({
      body: { temp_token: await setupToken(cell), method: 'totp' },
    }),
    'POST /api/v1/auth/2fa/confirm-with-temp': async (cell) => {
      const temp_token = await setupToken(cell);
      const begun = cell.app.post('/api/v1/auth/2fa/setup-with-temp', { temp_token, method: 'totp' });
      const { body } = await expectStatus(200, begun);
      return { body: { temp_token, code: totp(cell.app, body.secret as string) } };
    },
    'POST /api/v1/auth/2fa/setup': () => ({ body: { method: 'totp' } }),
    'POST /api/v1/auth/2fa/confirm': async ({ app, caller: { person, headers } }) => {
      const { body } = await app.post('/api/v1/auth/2fa/setup', { method: 'totp' }, { headers });
      return { body: { code: person ? totp(app, body.secret as string) : NO_CODE } };
    },
    'POST /api/v1/auth/2fa/backup-codes': ownCode,
    'POST /api/v1/auth/2fa/disable': ownCode,
    'POST /api/v1/auth/2fa/disable/send-code': ownMailFactor,
    'POST /api/v1/auth/step-up': ownCode,
    'POST /api/v1/auth/step-up/send-code': ownMailFactor,
  };
}

/** What a login of the weak member leads to: their organization requires a factor, and they have none. */
async function setupToken({ app, scene: { callers } }: Cell): Promise<string> {
  const person = callers.find(({ name }) => name === 'weak_member')?.person;
  return tempTokenOf(app, { email: person?.email ?? '', password: PASSWORD });
}

async function ownCode({ app, caller: { person } }: Cell): Promise<Sample> {
  return { body: { code: person ? await withBackupCode(app, person) : NO_CODE } };
}

async function ownMailFactor({ app, caller: { person }, wait }: Cell): Promise<Sample> {
  if (!person) return {};
  const token = person.accessToken;
  await expectStatus(200, app.post('/api/v1/auth/2fa/setup', { method: 'email' }, { token }));
  const code = await app.lastCode(person.email);
  await expectStatus(200, app.post('/api/v1/auth/2fa/confirm', { code }, { token }));
  wait(61);
  return {};
}

function organizations(): Record<string, MakeSample> {
  const rename = { body: { name: 'Renamed' } };
  return {
    'POST /api/organizations': () => ({ body: { name: 'Another' } }),
    'PATCH /api/organizations/:org_id': () => rename,
    'PATCH /api/v1/organization': () => rename,
    'GET /api/organizations/:org_id/access': () => ({ query: { action: 'members.remove' } }),
    'GET /api/organizations/:org_id/access (of another member)': ({ place }) => ({
      query: { action: 'members.remove', user_id: place.newcomer.id },
    }),
  };
}

function members(): Record<string, MakeSample> {
  const one = '/api/organizations/:org_id/members/:target_user_id';
  const owner: MakeSample = ({ place }) => ({
    params: { target_user_id: place.owner.id },
    body: { role: 'admin' },
  });
  return {
    'POST /api/organizations/:org_id/members': ({ scene }) => ({ body: { user_id: scene.stranger.id } }),
    'POST /api/organizations/:org_id/members (as owner)': ({ scene }) => ({
      body: { user_id: scene.stranger.id, role: 'owner' },
    }),
    [`PATCH ${one}`]: () => ({ body: { role: 'team_manager' } }),
    [`PATCH ${one} (of the owner)`]: owner,
    [`PUT ${one}`]: ({ place }) => ({ body: { role: 'team_manager', team_id: place.teamId } }),
    [`PUT ${one} (into a foreign organization)`]: ({ scene }) => ({
      body: { organization_id: scene.foreign.organizationId },
    }),
    [`DELETE ${one} (oneself)`]: ({ caller, place }) => ({
      params: { target_user_id: (caller.actsAs ?? place.newcomer).id },
    }),
  };
}

function teams(): Record<string, MakeSample> {
  return {
    'POST /api/organizations/:org_id/teams': () => ({ body: { name: 'Rome' } }),
    'PATCH /api/organizations/:org_id/teams/:team_id': () => ({ body: { name: 'Rome' } }),
    'PUT /api/organizations/:org_id/teams/:team_id/members/:user_id (of another team)': ({ place }) => ({
      params: { team_id: place.otherTeamId },
    }),
    'DELETE /api/organizations/:org_id/teams/:team_id/members/:user_id': ({ place }) => ({
      params: { user_id: place.colleague.id },
    }),
  };
}

function administration(): Record<string, MakeSample> {
  const colleague = ({ place }: Cell): Record<string, string> => ({ user_id: place.colleague.id });
  return {
    'POST /api/v1/users': () => ({ body: { email: NEW_EMAIL } }),
    'PATCH /api/v1/users/:user_id': (cell) => ({ params: colleague(cell), body: { first_name: 'Grace' } }),
    'PATCH /api/v1/users/:user_id (of another home)': () => ({ body: { first_name: 'Grace' } }),
    'POST /api/v1/users/:user_id/reset-2fa': (cell) => ({ params: colleague(cell) }),
  };
}

function invitations(): Record<string, MakeSample> {
  return {
    'POST /api/v1/invitations': () => ({ body: { email: NEW_EMAIL } }),
    'POST /api/v1/invitations (as owner)': () => ({ body: { email: NEW_EMAIL, role: 'owner' } }),
    'GET /api/v1/invitations/validate': ({ place }) => ({ query: { token: place.invitation.token } }),
    'POST /api/v1/invitations/accept': ({ place: { invitation }, caller: { person } }) => ({
      body: { token: invitation.token, ...(person ? {} : { password: PASSWORD }) },
    }),
  };
}

function apiKeys(): Record<string, MakeSample> {
  const body = { name: 'Nightly export', scopes: ['organizations:read'] };
  const writing = { name: 'Nightly import', scopes: ['organizations:write'] };
  return {
    'GET /api/api-keys (of the organization)': ({ place }) => ({
      query: { organization_id: place.organizationId },
    }),
    'POST /api/api-keys': ({ place }) => ({ body: { ...body, organization_id: place.organizationId } }),
    'POST /api/api-keys (that writes)': ({ place }) => ({
      body: { ...writing, organization_id: place.organizationId },
    }),
  };
}

function integrationTokens(): Record<string, MakeSample> {
  const tenantOf = ({ place }: Cell): { tenantId: string } => ({ tenantId: place.organizationId });
  const tokenOf = ({ place }: Cell): { integrationToken: string } => ({
    integrationToken: place.integrationToken,
  });
  return {
    'POST /api/integration/grant': (cell) => ({
      body: { ...tenantOf(cell), origin: ORIGIN, scopes: ['quota:read'] },
    }),
    'POST /api/integration/verify': (cell) => ({
      body: { ...tenantOf(cell), token: cell.place.integrationToken },
    }),
    'POST /api/integration/revoke': (cell) => ({ body: tokenOf(cell) }),
    'POST /api/integration/rotate': (cell) => ({ body: tokenOf(cell) }),
    'POST /api/integration/keys/rotate': (cell) => ({ body: tenantOf(cell) }),
    'GET /api/integration/jwks': (cell) => ({ query: tenantOf(cell) }),
    'GET /api/integration/fingerprint': (cell) => ({ query: tenantOf(cell) }),
    'GET /api/admin/integration-token-revocations': (cell) => ({ query: tenantOf(cell) }),
  };
}
