import { PASSWORD } from '../auth/given-users.js';
import type { ServerProcess } from './server-process.js';

/** One session in the state that the server has acknowledged. */
interface ClientSession {
  accessToken: string;
  /** Refresh tokens in the order of their issue. */
  refreshTokens: string[];
  hasEnded: boolean;
  /** A request that changes the session has no response yet: the client cannot know its effect. */
  isPending: boolean;
}

/** Clients that register, log in, refresh and log out until the server is killed, and record each acknowledged change. */
export class WriteLoad {
  readonly accounts: string[] = [];
  readonly sessions: ClientSession[] = [];

  constructor(private readonly server: ServerProcess) {}

  /** Runs until the server exits. */
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

  /** Expects on a new server that every session has its acknowledged state. */
  async expectAcknowledgedState(server: ServerProcess): Promise<void> {
    const acknowledged = this.sessions.filter(({ isPending }) => !isPending);
    const ended = acknowledged.filter(({ hasEnded }) => hasEnded);
    const live = acknowledged.filter(({ hasEnded }) => !hasEnded);
    expect(ended.length).toBeGreaterThan(3);
    expect(live.length).toBeGreaterThan(8);
    for (const session of ended) await expectEnded(server, session);
    for (const session of live) await expectSingleLineage(server, session);
  }
}

async function expectEnded(
  server: ServerProcess,
  { accessToken, refreshTokens }: ClientSession,
): Promise<void> {
  expect((await server.get('/api/auth/me', accessToken)).status).toBe(401);
  const answer = await server.post('/api/auth/refresh', { refresh_token: refreshTokens.at(-1) });
  expect(answer.status).toBe(401);
}

/** Expects that the last acknowledged token works, and that an older one is a replay, which ends the session. */
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
