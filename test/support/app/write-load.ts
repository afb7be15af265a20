import { PASSWORD } from '../auth/given-users.js';
import type { ServerProcess } from './server-process.js';

/** One session as its client knows it: what the server has acknowledged of it, and nothing else. */
interface Line {
  access: string;
  /** Refresh tokens in the order they came. */
  refresh: string[];
  ended: boolean;
  /** A request that changes it is on its way: the client cannot know whether it was carried out. */
  asking: boolean;
}

/** Clients that register, log in, refresh and log out, and remember what was acknowledged, until the server dies. */
export class WriteLoad {
  readonly accounts: string[] = [];
  readonly lines: Line[] = [];

  constructor(private readonly server: ServerProcess) {}

  /** Ends when the server does. */
  async run(clients: number): Promise<void> {
    await Promise.all(Array.from({ length: clients }, (_, client) => this.client(client)));
  }

  private async client(client: number): Promise<void> {
    try {
      for (let round = 0; ; round += 1) await this.round(`load-${client}-${round}`, round);
    } catch (error) {
      if (!/fetch failed|terminated|socket|aborted/i.test(String(error))) throw error;
    }
  }

  private async round(username: string, round: number): Promise<void> {
    const account = { username, email: `${username}@example.com`, password: PASSWORD };
    expectOk(await this.server.post('/api/auth/register', account));
    this.accounts.push(username);
    const pair = await pairOf(await this.server.login(username, PASSWORD));
    const line = { access: pair.access_token, refresh: [pair.refresh_token], ended: false, asking: false };
    this.lines.push(line);
    for (let times = 0; times < 3; times += 1) await this.refresh(line);
    if (round % 3 === 0) await this.end(line);
  }

  private async refresh(line: Line): Promise<void> {
    line.asking = true;
    const pair = await pairOf(
      await this.server.post('/api/auth/refresh', { refresh_token: line.refresh.at(-1) }),
    );
    line.refresh.push(pair.refresh_token);
    line.access = pair.access_token;
    line.asking = false;
  }

  private async end(line: Line): Promise<void> {
    line.asking = true;
    expectOk(await this.server.post('/api/auth/logout', {}, line.access));
    line.ended = true;
    line.asking = false;
  }

  /** On `server`, the successor: every session is where its client left it. */
  async expectSettled(server: ServerProcess): Promise<void> {
    const settled = this.lines.filter(({ asking }) => !asking);
    const ended = settled.filter((line) => line.ended);
    const live = settled.filter((line) => !line.ended);
    expect(ended.length).toBeGreaterThan(3);
    expect(live.length).toBeGreaterThan(8);
    for (const line of ended) await expectDead(server, line);
    for (const line of live) await expectOneLineage(server, line);
  }
}

async function expectDead(server: ServerProcess, { access, refresh }: Line): Promise<void> {
  expect((await server.get('/api/auth/me', access)).status).toBe(401);
  const answer = await server.post('/api/auth/refresh', { refresh_token: refresh.at(-1) });
  expect(answer.status).toBe(401);
}

/** The last acknowledged token goes on; one before its predecessor is a replay and ends the session. */
async function expectOneLineage(server: ServerProcess, line: Line): Promise<void> {
  expect((await server.get('/api/auth/me', line.access)).status).toBe(200);
  const next = await pairOf(await server.post('/api/auth/refresh', { refresh_token: line.refresh.at(-1) }));
  expect(line.refresh).not.toContain(next.refresh_token);
  if (line.refresh.length < 2) return;
  const replayed = await server.post('/api/auth/refresh', { refresh_token: line.refresh.at(-2) });
  expect(replayed.status).toBe(401);
  await expectDead(server, { ...line, access: next.access_token, refresh: [next.refresh_token] });
}

async function pairOf(response: Response): Promise<{ access_token: string; refresh_token: string }> {
  expectOk(response);
  return (await response.json()) as { access_token: string; refresh_token: string };
}

function expectOk({ ok, status, url }: Response): void {
  if (!ok) throw new Error(`${status} from ${url}`);
}
