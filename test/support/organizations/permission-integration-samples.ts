import { CALENDAR_PATH as CALENDAR, followToCallback } from '../google/connected-users.js';
import { expectStatus } from '../http/responses.js';
import type { MatrixCell, RequestSample, SampleFactory } from './permission-samples.js';

/** The server of the table uses a stand-in for Google. Signed-in callers have a connected calendar. */
export function integrationSamples(): Record<string, SampleFactory> {
  const range = { from: '2036-01-01T00:00:00Z', to: '2036-01-08T00:00:00Z' };
  const times = { starts_at: '2036-01-02T15:00:00Z', ends_at: '2036-01-02T15:30:00Z' };
  const connectedWith =
    (sample: RequestSample): SampleFactory =>
    async (cell) => {
      await connectCaller(cell);
      return sample;
    };
  return {
    [`GET ${CALENDAR}/callback`]: async ({ app, fixture: { unaffiliatedUser } }) => {
      const started = app.get(`${CALENDAR}/start`, { token: unaffiliatedUser.accessToken });
      const callback = await followToCallback(
        (await expectStatus(200, started)).body.authorization_url as string,
      );
      return { query: Object.fromEntries(new URLSearchParams(callback.split('?')[1])) };
    },
    [`POST ${CALENDAR}/complete`]: async (cell) => ({
      body: { completion: cell.caller.sessionUser ? await getCompletion(cell) : 'unknown' },
    }),
    [`DELETE ${CALENDAR}`]: connectedWith({}),
    [`GET ${CALENDAR}/events`]: connectedWith({ query: range }),
    [`POST ${CALENDAR}/events`]: connectedWith({ body: { title: 'Talk', ...times } }),
    [`GET ${CALENDAR}/free-busy`]: connectedWith({ query: range }),
    [`POST ${CALENDAR}/study-plan`]: connectedWith({
      body: {
        module_id: 'b1-experiences',
        from: '2036-01-01',
        to: '2036-01-02',
        session_minutes: 45,
        max_per_day: 1,
        earliest: '08:00',
        latest: '20:00',
      },
    }),
  };
}

async function getCompletion({ app, caller: { headers } }: MatrixCell): Promise<string> {
  const started = await expectStatus(200, app.get(`${CALENDAR}/start`, { headers }));
  const page = await app.get(await followToCallback(started.body.authorization_url as string));
  return /<code>([\w-]+)<\/code>/.exec(page.text)?.[1] ?? '';
}

async function connectCaller(cell: MatrixCell): Promise<void> {
  const { app, caller } = cell;
  if (!caller.sessionUser) return;
  const completion = await getCompletion(cell);
  await expectStatus(200, app.post(`${CALENDAR}/complete`, { completion }, { headers: caller.headers }));
}
