import type { TestApp, TestResponse } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';
import type { UserWithId } from '../organizations/given-organizations.js';

export const STATS = '/api/v1/admin/stats';

type Query = Record<string, string | number>;

/** Sends a request for statistics. */
export function requestStats(
  app: TestApp,
  { accessToken: token }: UserWithId,
  path: string,
  query: Query = {},
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const search = new URLSearchParams(query as Record<string, string>);
  return app.get(`${STATS}${path}?${search.toString()}`, { token, headers });
}

/** Reads statistics as JSON. */
export async function readStats(
  app: TestApp,
  caller: UserWithId,
  path: string,
  query: Query = {},
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a client sees untyped JSON
): Promise<any> {
  return (await expectStatus(200, requestStats(app, caller, path, query))).body;
}

/** Reads statistics as CSV. */
export async function readStatsCsv(
  app: TestApp,
  caller: UserWithId,
  path: string,
  query: Query = {},
): Promise<string> {
  const response = await expectStatus(200, requestStats(app, caller, path, query, { accept: 'text/csv' }));
  expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
  return response.text;
}

/** Creates a team with members; returns its id. */
export async function givenTeam(
  app: TestApp,
  { accessToken: token, organizationId }: UserWithId & { organizationId: string },
  name: string,
  members: readonly UserWithId[],
): Promise<string> {
  const teams = `/api/organizations/${organizationId}/teams`;
  const { id } = (await expectStatus(201, app.post(teams, { name }, { token }))).body;
  for (const member of members)
    await expectStatus(200, app.call('PUT', `${teams}/${id}/members/${member.id}`, { token }));
  return id as string;
}

/** Freezes the clock at noon. */
export function freezeAtNoon(app: TestApp): void {
  app.clock.freeze();
  const noon = Date.parse(`${dayBefore(app, 0)}T12:00:00Z`);
  app.clock.advance((noon - app.clock.millis()) / 1000);
}

/** Lets all members have joined 60 days earlier. */
export async function letMembersHaveJoinedBefore(app: TestApp): Promise<void> {
  await app.sql(`UPDATE memberships SET joined_at = joined_at - interval '60 days'`);
}

/** Returns the UTC day so many days ago. */
export function dayBefore(app: TestApp, days: number): string {
  return new Date(app.clock.millis() - days * 86_400_000).toISOString().slice(0, 10);
}
