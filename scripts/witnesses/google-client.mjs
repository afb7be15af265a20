// Runs in the folder of the packages: Google's own client against the loopback server of the tests.
import { calendar as createCalendar } from '@googleapis/calendar';
import { OAuth2Client } from 'google-auth-library';
import { FakeGoogle } from './fake-google.mjs';

const SCOPES = [
  'https://www.googleapis.com/auth/calendar.events',
  'https://www.googleapis.com/auth/calendar.freebusy',
];
const SESSION = {
  id: 'lesson00001',
  summary: 'Study session',
  start: { dateTime: '2030-03-04T09:00:00Z' },
  end: { dateTime: '2030-03-04T09:30:00Z' },
};

const google = await FakeGoogle.start();
const { oauth, url } = google;
let failures = 0;

/** Reports whether a step has the expected result. A thrown error of the client becomes `status reason`. */
async function check(name, expected, step) {
  let result;
  try {
    result = await step();
  } catch (error) {
    const { error: body, error_description: _ } = error.response?.data ?? {};
    result = typeof body === 'string' ? body : `${error.status ?? error.code} ${body?.errors?.[0]?.reason}`;
  }
  const isRight = JSON.stringify(result) === JSON.stringify(expected);
  if (!isRight) failures += 1;
  console.log(`${isRight ? 'ok  ' : 'FAIL'} ${name}: ${JSON.stringify(result)}`);
}

const client = new OAuth2Client({
  clientId: oauth.clientId,
  clientSecret: oauth.clientSecret,
  redirectUri: oauth.redirectUri,
  endpoints: {
    oauth2AuthBaseUrl: `${url}/auth`,
    oauth2TokenUrl: `${url}/token`,
    oauth2RevokeUrl: `${url}/revoke`,
  },
});
const calendar = createCalendar({ version: 'v3', auth: client, rootUrl: url });

/** Walks through the page of consent; returns the code and its verifier. */
async function consent(scope) {
  const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync();
  const page = client.generateAuthUrl({
    access_type: 'offline',
    scope,
    state: 'witness',
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
  });
  const { headers } = await fetch(page, { redirect: 'manual' });
  const target = new URL(headers.get('location'));
  return { code: target.searchParams.get('code'), state: target.searchParams.get('state'), codeVerifier };
}

async function signIn(scope) {
  const { tokens } = await client.getToken(await consent(scope));
  client.setCredentials(tokens);
  return tokens;
}

await check('the code is exchanged with its verifier', ['Bearer', SCOPES.join(' '), true], async () => {
  const tokens = await signIn(SCOPES);
  return [tokens.token_type, tokens.scope, typeof tokens.refresh_token === 'string'];
});
await check('another verifier is refused', 'invalid_grant', async () => {
  const { code } = await consent(SCOPES);
  return client.getToken({ code, codeVerifier: 'x'.repeat(43) });
});
await check('an event is inserted with an id of our own', [200, SESSION.id], async () => {
  const { status, data } = await calendar.events.insert({ calendarId: 'primary', requestBody: SESSION });
  return [status, data.id];
});
await check('the same id again', '409 duplicate', () =>
  calendar.events.insert({ calendarId: 'primary', requestBody: SESSION }),
);
await check('the events of a day', [SESSION.summary], async () => {
  const { data } = await calendar.events.list({
    calendarId: 'primary',
    timeMin: '2030-03-04T00:00:00Z',
    timeMax: '2030-03-05T00:00:00Z',
    singleEvents: true,
    orderBy: 'startTime',
  });
  return data.items.map(({ summary }) => summary);
});
await check('busy times', [{ start: '2030-03-04T09:00:00Z', end: '2030-03-04T09:30:00Z' }], async () => {
  const { data } = await calendar.freebusy.query({
    requestBody: {
      timeMin: '2030-03-04T00:00:00Z',
      timeMax: '2030-03-05T00:00:00Z',
      items: [{ id: 'primary' }],
    },
  });
  return data.calendars.primary.busy;
});
await check(
  'an event is deleted',
  204,
  async () => (await calendar.events.delete({ calendarId: 'primary', eventId: SESSION.id })).status,
);
await check('it is deleted again', '410 deleted', () =>
  calendar.events.delete({ calendarId: 'primary', eventId: SESSION.id }),
);
await check('an unknown event', '404 notFound', () =>
  calendar.events.get({ calendarId: 'primary', eventId: 'nosuchevent' }),
);
await check('an access token is refreshed', true, async () => {
  const before = client.credentials.access_token;
  const { credentials } = await client.refreshAccessToken();
  return credentials.access_token !== before && typeof credentials.refresh_token === 'string';
});
await check('with less than was asked', '403 insufficientPermissions', async () => {
  await signIn([SCOPES[1]]);
  return calendar.events.list({ calendarId: 'primary' });
});
await check('a revoked grant', 'invalid_grant', async () => {
  await client.revokeToken(client.credentials.refresh_token);
  return client.refreshAccessToken();
});
await google.stop();
console.log(failures === 0 ? 'The client meets what it expects.' : `${failures} steps differ.`);
process.exit(failures === 0 ? 0 : 1);
