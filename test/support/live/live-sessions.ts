import type { TestApp, TestResponse } from '../app/test-app.js';
import { callWithApiKey, type TestApiKey } from '../auth/api-keys.js';
import { expectStatus } from '../http/responses.js';
import type { UserWithId } from '../organizations/given-organizations.js';

export const MONTH_START = new Date('2030-03-01T00:00:00.000Z');

export type LiveCaller = Pick<UserWithId, 'accessToken'> | Pick<TestApiKey, 'key'>;

/** Sends a request to `/api/live/...` of a signed-in user, or with an API key. `route` is like `POST session/start`. */
export function callLive(
  app: TestApp,
  by: LiveCaller,
  route: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const [method = '', path = ''] = route.split(' ');
  const url = `/api/live/${path}`;
  if ('key' in by) return callWithApiKey(app, by, `${method} ${url}`, body, headers);
  return app.call(method, url, { body, token: by.accessToken, headers });
}

export function startLive(app: TestApp, by: LiveCaller, request: object = {}): Promise<TestResponse> {
  return callLive(app, by, 'POST session/start', { session_type: 'voice', ...request });
}

/** Starts a session; returns its id. */
export async function givenLiveSession(app: TestApp, by: LiveCaller, request: object = {}): Promise<string> {
  return (await expectStatus(200, startLive(app, by, request))).body.session_id as string;
}

export function sendHeartbeat(app: TestApp, by: LiveCaller, session_id: string): Promise<TestResponse> {
  return callLive(app, by, 'POST session/heartbeat', { session_id });
}

export function endLive(app: TestApp, by: LiveCaller, session_id: string): Promise<TestResponse> {
  return callLive(app, by, 'POST session/end', { session_id });
}

export async function readQuota(
  app: TestApp,
  by: LiveCaller,
): Promise<Record<string, number | string | null>> {
  return (await expectStatus(200, callLive(app, by, 'GET quota'))).body;
}

/** Stores the plan of an organization, as an operator sets it. */
export async function givenLivePlan(app: TestApp, organizationId: string, plan: string): Promise<void> {
  await app.sql(
    `INSERT INTO live_plans VALUES ($1, $2, now()) ON CONFLICT (organization_id) DO UPDATE SET plan = excluded.plan`,
    [organizationId, plan],
  );
}

/** Moves the clock to an instant that is later than now. */
export function advanceTo(app: TestApp, instant: Date): void {
  app.clock.advance((instant.getTime() - app.clock.millis()) / 1000);
}
