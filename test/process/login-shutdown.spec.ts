import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildServer, type ProcessExit, ServerProcess } from '../support/app/server-process.js';
import { PASSWORD } from '../support/auth/given-users.js';

const USERNAME = 'waiting-login';

/** Hashes take long enough that most log-ins wait for their turn when the shutdown begins. */
describe('a shutdown while log-ins wait for their turn', () => {
  let folder: string;
  let server: ServerProcess;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'xentree-logins-'));
    chmodSync(folder, 0o755); // PostgreSQL runs in another account when this is root
    buildServer();
  });
  beforeEach(async () => {
    server = await ServerProcess.start({ DATA_DIR: join(folder, 'data'), PASSWORD_BCRYPT_COST: '12' });
    const account = { username: USERNAME, email: `${USERNAME}@example.com`, password: PASSWORD };
    expect([201, 409]).toContain((await server.post('/api/auth/register', account)).status);
  });
  afterEach(() => ServerProcess.killAll());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Returns the status, or 0 without a response. */
  const logIn = async (password: string, signal: AbortSignal | null = null): Promise<number> => {
    const body = new URLSearchParams({ username: USERNAME, password });
    return fetch(`${server.baseUrl}/api/auth/token`, { method: 'POST', body, signal }).then(
      ({ status }) => status,
      () => 0,
    );
  };
  function expectOrderlyEnd({ code, out, errors }: ProcessExit): void {
    expect([code, errors]).toEqual([0, '']);
    expect(out).not.toMatch(/calling end|"level":"error"/);
    expect(out).toContain('"event":"server.stopped"');
  }

  it('answers each of them, the last ones with 503', async () => {
    const attempts = Array.from({ length: 60 }, (_, index) => logIn(index % 2 ? PASSWORD : 'wrong password'));
    await Promise.race(attempts);
    server.signal('SIGTERM');
    const statuses = new Set(await Promise.all(attempts));
    expect([...statuses].filter((status) => ![200, 401, 429, 503].includes(status))).toEqual([]);
    expect(statuses).toContain(503);
    expectOrderlyEnd(await server.exited);
  });

  it('leaves none behind whose client has gone', async () => {
    const gone = new AbortController();
    const attempts = Array.from({ length: 40 }, () => logIn(PASSWORD, gone.signal));
    await Promise.race(attempts);
    gone.abort();
    server.signal('SIGTERM');
    await Promise.all(attempts);
    expectOrderlyEnd(await server.exited);
  });
});
