import type { TestApp } from '../app/test-app.js';
import { PASSWORD, getTempToken, totpCode } from '../auth/given-users.js';
import { expectStatus } from '../http/responses.js';
import { conversationSamples } from './permission-conversation-samples.js';
import { apiKeySamples, integrationTokenSamples } from './permission-credential-samples.js';
import {
  type MatrixCaller,
  type TenantFixture,
  type PermissionFixture,
  enableTotpForBackupCode,
} from './permission-fixture.js';
import { integrationSamples } from './permission-integration-samples.js';
import { knowledgeSamples } from './permission-knowledge-samples.js';
import { liveSamples } from './permission-live-samples.js';
import { statisticsSamples } from './permission-statistics-samples.js';
import { webhookSamples } from './permission-webhook-samples.js';
import { xelSamples } from './permission-xel-samples.js';

export interface MatrixCell {
  app: TestApp;
  fixture: PermissionFixture;
  caller: MatrixCaller;
  /** The organization that the request names. */
  tenant: TenantFixture;
  /** Advances the clock for this cell only. */
  advanceClock: (seconds: number) => void;
}

export interface RequestSample {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: object;
  form?: Record<string, string>;
  headers?: Record<string, string>;
}

export type SampleFactory = (cell: MatrixCell) => RequestSample | Promise<RequestSample>;

const NEW_EMAIL = 'newcomer@example.com';
const INVALID_BACKUP_CODE = 'AAAA-AAAA-AAAA-AAAA';

/**
 * Valid requests for each route with a body, required parameters, or ids that the fixture does not provide. A note in
 * parentheses after the route adds another row. Preparations are done by the caller, if the caller is signed in.
 */
export const REQUEST_SAMPLES: Readonly<Record<string, SampleFactory>> = {
  ...accountSamples(),
  ...loginSamples(),
  ...secondFactorSamples(),
  ...organizationSamples(),
  ...memberSamples(),
  ...teamSamples(),
  ...administrationSamples(),
  ...invitationSamples(),
  ...apiKeySamples(),
  ...integrationTokenSamples(),
  ...conversationSamples(),
  ...integrationSamples(),
  ...knowledgeSamples(),
  ...webhookSamples(),
  ...xelSamples(),
  ...liveSamples(),
  ...statisticsSamples(),
  'PUT /api/xp/reminders': () => ({ body: { enabled: false } }),
  'POST /api/xp/freezes': givenTokens,
  'POST /api/xp/boosters': givenTokens,
  'GET /api/xp/public-profile/:username': ({ fixture: { unaffiliatedUser } }) => ({
    params: { username: unaffiliatedUser.username },
  }),
  'GET /dev/outbox': () => ({ query: { to: NEW_EMAIL }, headers: { host: 'localhost' } }),
};

/** Gives every user enough tokens for a purchase. */
async function givenTokens({ app }: MatrixCell): Promise<RequestSample> {
  await app.sql(`INSERT INTO learner_states (user_id, timezone, current_day, settled_day, tokens)
    SELECT id, timezone, current_date, current_date - 1, 1000 FROM users
    ON CONFLICT (user_id) DO UPDATE SET tokens = 1000, freezes = 0`);
  return {};
}

function accountSamples(): Record<string, SampleFactory> {
  return {
    'POST /api/auth/register': () => ({
      body: { username: 'newcomer', email: NEW_EMAIL, password: PASSWORD },
    }),
    'POST /api/v1/auth/register': () => ({
      body: { email: NEW_EMAIL, password: PASSWORD, company_name: 'Newcomers' },
    }),
    'PATCH /api/auth/me': () => ({ body: { full_name: 'Grace Hopper' } }),
    'PATCH /api/auth/me (primary organization)': ({ tenant: place }) => ({
      body: { organization_id: place.organizationId },
    }),
    'PATCH /api/v1/users/me': () => ({ body: { first_name: 'Grace' } }),
    'DELETE /api/auth/me': () => ({ body: { password: PASSWORD } }),
    'POST /api/auth/email': () => ({ body: { email: NEW_EMAIL, password: PASSWORD } }),
  };
}

function loginSamples(): Record<string, SampleFactory> {
  return {
    'POST /api/auth/token': ({ fixture: { unaffiliatedUser: stranger } }) => ({
      form: { username: stranger.email, password: PASSWORD },
    }),
    'POST /api/v1/auth/login': ({ fixture: { unaffiliatedUser: stranger } }) => ({
      body: { email: stranger.email, password: PASSWORD },
    }),
    'POST /api/auth/refresh': () => ({}),
    'POST /api/auth/logout': () => ({}),
    'POST /api/v1/auth/logout': () => ({}),
    'POST /api/v1/auth/forgot-password': ({ fixture: { unaffiliatedUser: stranger } }) => ({
      body: { email: stranger.email },
    }),
    'POST /api/v1/auth/reset-password': async ({ app, fixture: { unaffiliatedUser: stranger } }) => {
      await app.post('/api/v1/auth/forgot-password', { email: stranger.email });
      const token = await app.lastLinkToken(stranger.email, 'reset-password');
      return { body: { token, password: 'walrus paints eleven harbours' } };
    },
    'POST /api/v1/auth/verify-email': async ({ app, fixture: { unaffiliatedUser: stranger } }) => ({
      body: { token: await app.lastLinkToken(stranger.email, 'verify-email') },
    }),
    'POST /api/v1/auth/revert-email': async ({ app, fixture: { unaffiliatedUser: stranger } }) => {
      const { accessToken: token, email } = stranger;
      await app.post('/api/auth/email', { email: NEW_EMAIL, password: PASSWORD }, { token });
      const link = await app.lastLinkToken(NEW_EMAIL, 'verify-email');
      await app.post('/api/v1/auth/verify-email', { token: link });
      return { body: { token: await app.lastLinkToken(email, 'revert-email') } };
    },
    'POST /api/v1/auth/resend-verification': ({ fixture: { unaffiliatedUser: stranger } }) => ({
      body: { email: stranger.email },
    }),
  };
}

function secondFactorSamples(): Record<string, SampleFactory> {
  return {
    'POST /api/v1/auth/verify-2fa': async ({ app, fixture: { totpUser: withApp } }) => ({
      body: { temp_token: await getTempToken(app, withApp), code: withApp.backupCodes[0] },
    }),
    'POST /api/v1/auth/resend-2fa': async ({
      app,
      fixture: { emailFactorUser: withMail },
      advanceClock: wait,
    }) => {
      const temp_token = await getTempToken(app, withMail);
      wait(61);
      return { body: { temp_token } };
    },
    'POST /api/v1/auth/2fa/setup-with-temp': async (cell) => ({
      body: { temp_token: await getEnrolmentToken(cell), method: 'totp' },
    }),
    'POST /api/v1/auth/2fa/confirm-with-temp': async (cell) => {
      const temp_token = await getEnrolmentToken(cell);
      const begun = cell.app.post('/api/v1/auth/2fa/setup-with-temp', { temp_token, method: 'totp' });
      const { body } = await expectStatus(200, begun);
      return { body: { temp_token, code: totpCode(cell.app, body.secret as string) } };
    },
    'POST /api/v1/auth/2fa/setup': () => ({ body: { method: 'totp' } }),
    'POST /api/v1/auth/2fa/confirm': async ({ app, caller: { sessionUser: person, headers } }) => {
      const { body } = await app.post('/api/v1/auth/2fa/setup', { method: 'totp' }, { headers });
      return { body: { code: person ? totpCode(app, body.secret as string) : INVALID_BACKUP_CODE } };
    },
    'POST /api/v1/auth/2fa/backup-codes': ownBackupCode,
    'POST /api/v1/auth/2fa/disable': ownBackupCode,
    'POST /api/v1/auth/2fa/disable/send-code': enableOwnMailFactor,
    'POST /api/v1/auth/step-up': ownBackupCode,
    'POST /api/v1/auth/step-up/send-code': enableOwnMailFactor,
  };
}

/** Returns the enrolment token of the weak member, whose organization requires a second factor. */
async function getEnrolmentToken({ app, fixture: { callers } }: MatrixCell): Promise<string> {
  const person = callers.find(({ name }) => name === 'weak_member')?.sessionUser;
  return getTempToken(app, { email: person?.email ?? '', password: PASSWORD });
}

async function ownBackupCode({ app, caller: { sessionUser: person } }: MatrixCell): Promise<RequestSample> {
  return { body: { code: person ? await enableTotpForBackupCode(app, person) : INVALID_BACKUP_CODE } };
}

async function enableOwnMailFactor({
  app,
  caller: { sessionUser: person },
  advanceClock: wait,
}: MatrixCell): Promise<RequestSample> {
  if (!person) return {};
  const token = person.accessToken;
  await expectStatus(200, app.post('/api/v1/auth/2fa/setup', { method: 'email' }, { token }));
  const code = await app.lastCode(person.email);
  await expectStatus(200, app.post('/api/v1/auth/2fa/confirm', { code }, { token }));
  wait(61);
  return {};
}

function organizationSamples(): Record<string, SampleFactory> {
  const rename = { body: { name: 'Renamed' } };
  return {
    'POST /api/organizations': () => ({ body: { name: 'Another' } }),
    'PATCH /api/organizations/:org_id': () => rename,
    'PATCH /api/v1/organization': () => rename,
    'GET /api/organizations/:org_id/access': () => ({ query: { action: 'members.remove' } }),
    'GET /api/organizations/:org_id/access (of another member)': ({ tenant: place }) => ({
      query: { action: 'members.remove', user_id: place.newcomer.id },
    }),
  };
}

function memberSamples(): Record<string, SampleFactory> {
  const memberRoute = '/api/organizations/:org_id/members/:target_user_id';
  const ownerSample: SampleFactory = ({ tenant: place }) => ({
    params: { target_user_id: place.owner.id },
    body: { role: 'admin' },
  });
  return {
    'POST /api/organizations/:org_id/members': ({ fixture }) => ({
      body: { user_id: fixture.unaffiliatedUser.id },
    }),
    'POST /api/organizations/:org_id/members (as owner)': ({ fixture }) => ({
      body: { user_id: fixture.unaffiliatedUser.id, role: 'owner' },
    }),
    [`PATCH ${memberRoute}`]: () => ({ body: { role: 'team_manager' } }),
    [`PATCH ${memberRoute} (of the owner)`]: ownerSample,
    [`PUT ${memberRoute}`]: ({ tenant: place }) => ({
      body: { role: 'team_manager', team_id: place.teamId },
    }),
    [`PUT ${memberRoute} (into a foreign organization)`]: ({ fixture }) => ({
      body: { organization_id: fixture.foreignTenant.organizationId },
    }),
    [`DELETE ${memberRoute} (oneself)`]: ({ caller, tenant: place }) => ({
      params: { target_user_id: (caller.user ?? place.newcomer).id },
    }),
  };
}

function teamSamples(): Record<string, SampleFactory> {
  return {
    'POST /api/organizations/:org_id/teams': () => ({ body: { name: 'Rome' } }),
    'PATCH /api/organizations/:org_id/teams/:team_id': () => ({ body: { name: 'Rome' } }),
    'PUT /api/organizations/:org_id/teams/:team_id/members/:user_id (of another team)': ({
      tenant: place,
    }) => ({
      params: { team_id: place.otherTeamId },
    }),
    'DELETE /api/organizations/:org_id/teams/:team_id/members/:user_id': ({ tenant: place }) => ({
      params: { user_id: place.colleague.id },
    }),
  };
}

function administrationSamples(): Record<string, SampleFactory> {
  const colleagueParams = ({ tenant: place }: MatrixCell): Record<string, string> => ({
    user_id: place.colleague.id,
  });
  const unacceptedUser: SampleFactory = ({ tenant: place }) => ({
    params: { user_id: place.unacceptedUserId },
  });
  return {
    'POST /api/v1/users': () => ({ body: { email: NEW_EMAIL } }),
    'PATCH /api/v1/users/:user_id': (cell) => ({
      params: colleagueParams(cell),
      body: { first_name: 'Grace' },
    }),
    'PATCH /api/v1/users/:user_id (of another home)': () => ({ body: { first_name: 'Grace' } }),
    'POST /api/v1/users/:user_id/reset-2fa': (cell) => ({ params: colleagueParams(cell) }),
    'DELETE /api/v1/users/:user_id': unacceptedUser,
    'POST /api/v1/users/:user_id/resend-welcome': unacceptedUser,
  };
}

function invitationSamples(): Record<string, SampleFactory> {
  return {
    'POST /api/v1/invitations': () => ({ body: { email: NEW_EMAIL } }),
    'POST /api/v1/invitations (as owner)': () => ({ body: { email: NEW_EMAIL, role: 'owner' } }),
    'GET /api/v1/invitations/validate': ({ tenant: place }) => ({ query: { token: place.invitation.token } }),
    'POST /api/v1/invitations/accept': ({ tenant: { invitation }, caller: { sessionUser: person } }) => ({
      body: { token: invitation.token, ...(person ? {} : { password: PASSWORD }) },
    }),
  };
}
