import type { TestApp, TestResponse } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';
import { givenUserWithId, type UserWithId } from '../organizations/given-organizations.js';
import type { FakeGoogle } from './fake-google.js';
import type { FakeDecision } from './fake-oauth.js';

export const CALENDAR_PATH = '/api/integrations/google-calendar';

/** Opens the authorization URL as a browser does, and returns the path of the callback to which Google sends it. */
export async function decide(google: FakeGoogle, url: string, decision: FakeDecision = {}): Promise<string> {
  google.oauth.decision = decision;
  return followToCallback(url);
}

export async function followToCallback(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'manual' });
  const location = response.headers.get('location');
  if (location === null) throw new Error(`${response.status} ${await response.text()}`);
  const { pathname, search } = new URL(location);
  return `${pathname}${search}`;
}

/** Goes through start and callback; returns the completion that the page shows. */
export async function getCompletion(
  app: TestApp,
  google: FakeGoogle,
  token: string,
  decision: FakeDecision = {},
): Promise<string> {
  const started = await expectStatus(200, app.get(`${CALENDAR_PATH}/start`, { token }));
  const callback = await decide(google, started.body.authorization_url as string, decision);
  const page = await expectStatus(200, app.get(callback));
  return /<code>([\w-]+)<\/code>/.exec(page.text)?.[1] ?? '';
}

export async function connect(
  app: TestApp,
  google: FakeGoogle,
  token: string,
  decision: FakeDecision = {},
): Promise<TestResponse> {
  const completion = await getCompletion(app, google, token, decision);
  return expectStatus(200, app.post(`${CALENDAR_PATH}/complete`, { completion }, { token }));
}

export interface ConnectedUser extends UserWithId {
  /** Of the Google account. */
  account: string;
}

/** Registers a user with a connected calendar of an account of its own. */
export async function givenConnectedUser(app: TestApp, google: FakeGoogle): Promise<ConnectedUser> {
  const user = await givenUserWithId(app);
  const account = `${user.username}@gmail.example`;
  await connect(app, google, user.accessToken, { email: account });
  return { ...user, account };
}
