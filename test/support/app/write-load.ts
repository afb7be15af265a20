import { PASSWORD } from '../auth/given-users.js';
import type { ServerProcess } from './server-process.js';

/** One session as its client knows it: what the server has acknowledged of it, and nothing else. */
interface ClientSession {
  accessToken: string;
  /** Refresh tokens in the order they came. */
  refreshTokens: string[];
  hasEnded: boolean;
  /** A request that changes it is on its way: the client cannot know whether it was carried out. */
  isPending: boolean;
}

/** Clients that register, log in, refresh and log out, and remember what was acknowledged, until the server dies. */
export class WriteLoad {
  readonly accounts: string[] = [];
  readonly sessions: ClientSession[] = [];

  constructor(private readonly server: ServerProcess) {}

  /** Ends when the server does. */
  async run(clients: number): Promise<void> {
    await Promise.all(Array.from({ length: clients }, (_, client) => this.runClient(client)));
  }

  private async runClient(client: number): Promise<void> {
    try {
      for (let round = 0; ; round += 1) await this.runRound(`load-${client}-${round}`, round);
    } catch (error) {
      if (!/fetch failed|terminated|socket|aborted/i.test(String(error))) throw error;
    }
  }

  private async runRound(username: string, round: number): Promise<void> {
    const account = { username, email: `${username}@example.com`, password: PASSWORD };
    expectOk(await this.server.post('/api/auth/register', account));
    this.accounts.push(username);
    const pair = await readTokenPair(await this.server.login(username, PASSWORD));
    const session = {
      accessToken: pair.access_token,
      refreshTokens: [pair.refresh_token],
      hasEnded: false,
      isPending: false,
    };
    this.sessions.push(session);
    for (let times = 0; times < 3; times += 1) await this.refresh(session);
    if (round % 3 === 0) await this.logOut(session);
  }

  private async refresh(session: ClientSession): Promise<void> {
    session.isPending = true;
    const tokens = await readTokenPair(
      await this.server.post('/api/auth/refresh', { refresh_token: session.refreshTokens.at(-1) }),
    );
    session.refreshTokens.push(tokens.refresh_token);
    session.accessToken = tokens.access_token;
    session.isPending = false;
  }

  private async logOut(session: ClientSession): Promise<void> {
    session.isPending = true;
    expectOk(await this.server.post('/api/auth/logout', {}, session.accessToken));
    session.hasEnded = true;
    session.isPending = false;
  }

  /** On `server`, the successor: every session is where its client left it. */
  async expectAcknowledgedState(server: ServerProcess): Promise<void> {
    const acknowledged = this.sessions.filter(({ isPending: asking }) => !asking);
    const ended = acknowledged.filter((line) => line.hasEnded);
    const live = acknowledged.filter((line) => !line.hasEnded);
    expect(ended.length).toBeGreaterThan(3);
    expect(live.length).toBeGreaterThan(8);
    for (const line of ended) await expectEnded(server, line);
    for (const line of live) await expectSingleLineage(server, line);
  }
}

async function expectEnded(
  server: ServerProcess,
  { accessToken: access, refreshTokens: refresh }: ClientSession,
): Promise<void> {
  expect((await server.get('/api/auth/me', access)).status).toBe(401);
  const answer = await server.post('/api/auth/refresh', { refresh_token: refresh.at(-1) });
  expect(answer.status).toBe(401);
}

/** The last acknowledged token goes on; one before its predecessor is a replay and ends the session. */
async function expectSingleLineage(server: ServerProcess, session: ClientSession): Promise<void> {
  expect((await server.get('/api/auth/me', session.accessToken)).status).toBe(200);
  const next = await readTokenPair(
    await server.post('/api/auth/refresh', { refresh_token: session.refreshTokens.at(-1) }),
  );
  expect(session.refreshTokens).not.toContain(next.refresh_token);
  if (session.refreshTokens.length < 2) return;
  const replayed = await server.post('/api/auth/refresh', { refresh_token: session.refreshTokens.at(-2) });
  expect(replayed.status).toBe(401);
  await expectEnded(server, {
    ...session,
    accessToken: next.access_token,
    refreshTokens: [next.refresh_token],
  });
}

async function readTokenPair(response: Response): Promise<{ access_token: string; refresh_token: string }> {
  expectOk(response);
  return (await response.json()) as { access_token: string; refresh_token: string };
}

function expectOk({ ok, status, url }: Response): void {
  if (!ok) throw new Error(`${status} from ${url}`);
}
