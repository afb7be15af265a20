import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { buildServer, ServerProcess, waitUntil } from '../support/app/server-process.js';
import { TEST_APP_SECRET } from '../support/app/test-secret.js';
import { PASSWORD } from '../support/auth/given-users.js';
import { cloneDatabase, type TestDatabase } from '../support/database/databases.js';

const SECOND = 1000;
/** Quotas are shown in whole seconds, and requests take time. */
const TOLERANCE_SECONDS = 2;

describe('a server that is killed during live sessions', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    buildServer();
    database = await cloneDatabase();
  });
  afterEach(() => ServerProcess.killAll());
  afterAll(() => database.drop());

  const start = (): Promise<ServerProcess> =>
    ServerProcess.start({ DATABASE_URL: database.url, APP_SECRET: TEST_APP_SECRET });

  async function logIn(server: ServerProcess): Promise<string> {
    const response = await server.login('talker', PASSWORD);
    return ((await response.json()) as { access_token: string }).access_token;
  }

  /** Says a sentence, and waits until the answer is over. Returns the numbers of the events. */
  async function talk(server: ServerProcess, ticket: string, text: string): Promise<number[]> {
    const url = `${server.baseUrl.replace('http', 'ws')}/api/live/socket?ticket=${ticket}`;
    const socket = new WebSocket(url);
    const events: { type: string; seq: number }[] = [];
    socket.on('message', (data: Buffer) =>
      events.push(JSON.parse(data.toString()) as { type: string; seq: number }),
    );
    socket.on('error', () => undefined);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'text.input', data: { text } }));
    await waitUntil(() => events.some(({ type }) => type === 'turn.ended'), 10_000);
    return events.map(({ seq }) => seq);
  }

  it('bills what passed, keeps what was said, and goes on in another process', async () => {
    let server = await start();
    const account = { username: 'talker', email: 'talker@example.com', password: PASSWORD };
    await server.post('/api/auth/register', account);
    let token = await logIn(server);
    const post = async <T>(path: string, body: object): Promise<T> =>
      (await (await server.post(path, body, token)).json()) as T;

    const began = performance.now();
    type Session = { session_id: string; socket_ticket: string; status: string };
    let session = await post<Session>('/api/live/session/start', { session_type: 'voice' });
    const numbers = await talk(server, session.socket_ticket, 'The first sentence before the crash.');
    for (let crash = 0; crash < 2; crash += 1) {
      await pause(crash * Math.random() * SECOND); // the first one is before the events are stored
      server.signal('SIGKILL');
      await server.exited;
      server = await start();
      token = await logIn(server);
      const body = { session_id: session.session_id };
      session = await post<Session>('/api/live/session/heartbeat', body);
      expect(session).toMatchObject({ ...body, status: 'active' });
      numbers.push(...(await talk(server, session.socket_ticket, `Sentence ${crash} after the crash.`)));
    }
    expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
    const ended = await post<{ duration_seconds: number }>('/api/live/session/end', {
      session_id: session.session_id,
    });
    const passed = (performance.now() - began) / SECOND;
    const quota = (await (await server.get('/api/live/quota', token)).json()) as { used_seconds: number };
    expect(Math.abs(quota.used_seconds - passed)).toBeLessThanOrEqual(TOLERANCE_SECONDS);
    expect(Math.abs(ended.duration_seconds - passed)).toBeLessThanOrEqual(TOLERANCE_SECONDS);

    const transcripts = await server.get('/api/live/transcripts', token);
    const [{ id, turn_count: turns }] = (await transcripts.json()) as [{ id: string; turn_count: number }];
    expect(turns).toBe(6);
    const transcript = await (await server.get(`/api/live/transcripts/${id}`, token)).text();
    for (const said of ['The first sentence', 'Sentence 0', 'Sentence 1']) expect(transcript).toContain(said);
    server.signal('SIGTERM');
    expect(await server.exited).toMatchObject({ code: 0 });
  });
});
