import type { Answer, TestApp } from '../app/test-app.js';

const DAY = 86_400;
const GRACE = 10_000;

/** One thing that happens to a session whose refresh token is in several hands. */
export type Step =
  | { kind: 'rotate'; client: number }
  | { kind: 'lose'; client: number }
  | { kind: 'replay'; client: number; back: number }
  | { kind: 'steal'; from: number; to: number }
  | { kind: 'burst'; clients: number[] }
  | { kind: 'wait'; seconds: number };

/** Two readings of the clock around a request: the server decided somewhere between them. */
interface Span {
  from: number;
  to: number;
}

/**
 * What the contract says must become of one session, next to what became of it. Tokens are known by their
 * number; `live` is the one that may be exchanged. Each client knows the number it believes in.
 */
export class RefreshModel {
  private readonly tokens: string[] = ['', ''];
  private readonly access: { token: string; expires: number }[] = [];
  private readonly known: number[];
  private live = 1;
  private rotated: Span | undefined;
  private active: Span;
  private readonly born: Span;
  private dead = false;
  readonly faults: string[] = [];

  private constructor(
    private readonly app: TestApp,
    first: { body: { access_token: string; refresh_token: string } },
    span: Span,
    clients: number,
  ) {
    this.born = this.active = span;
    this.tokens[1] = first.body.refresh_token;
    this.noteAccess(first.body.access_token);
    this.known = Array.from({ length: clients }, () => 1);
  }

  static async begin(app: TestApp, login: () => Promise<Answer>, clients: number): Promise<RefreshModel> {
    const from = app.clock.millis();
    return new RefreshModel(app, await login(), { from, to: app.clock.millis() }, clients);
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'rotate':
        this.learn([step.client], await this.present([this.number(step.client)]));
        break;
      case 'lose':
        await this.present([this.number(step.client)]);
        break;
      case 'replay':
        await this.present([Math.max(1, this.number(step.client) - step.back)]);
        break;
      case 'steal':
        this.known[step.to] = this.number(step.from);
        break;
      case 'burst':
        this.learn(step.clients, await this.present(step.clients.map((client) => this.number(client))));
        break;
      case 'wait':
        this.app.clock.advance(step.seconds);
        break;
    }
    await this.probe();
  }

  /** Everybody goes on with what they have, twice, with time between: how many still can? */
  async survivors(): Promise<number> {
    let last: boolean[] = [];
    for (let round = 0; round < 2; round += 1) {
      last = [];
      for (const client of this.known.keys()) {
        this.app.clock.advance(11);
        const answers = await this.present([this.number(client)]);
        this.learn([client], answers);
        last.push(answers[0]?.status === 200);
      }
    }
    await this.probe();
    return last.filter(Boolean).length;
  }

  private number(client: number): number {
    return this.known[client] ?? 1;
  }

  private learn(clients: number[], answers: Answer[]): void {
    clients.forEach((client, index) => {
      const token = answers[index]?.body.refresh_token as string | undefined;
      if (token !== undefined) this.known[client] = this.tokens.indexOf(token);
    });
  }

  /** Presents tokens by number, all at once, and compares the answers with what the contract allows. */
  private async present(numbers: number[]): Promise<Answer[]> {
    const from = this.app.clock.millis();
    const calls = numbers.map((number) =>
      this.app.post('/api/auth/refresh', { refresh_token: this.tokens[number] }),
    );
    const answers = await Promise.all(calls);
    this.judge(numbers, answers, { from, to: this.app.clock.millis() });
    return answers;
  }

  private judge(numbers: number[], answers: Answer[], now: Span): void {
    for (const [index, answer] of answers.entries()) this.judgeOne(numbers[index] ?? 0, answer);
    const failed = answers.some(({ status }) => status !== 200);
    const must = this.mustFail(numbers, now);
    if (must !== 'either' && failed !== must) {
      this.fault(`presented ${numbers.join()} with ${this.live} live: ${must ? 'no' : 'a'} refusal`);
    }
    if (failed) this.dead = true;
    else if (numbers.includes(this.live)) {
      this.live += 1;
      this.rotated = this.active = now;
    }
  }

  /** A success hands out the live token or the next one, never a second line. */
  private judgeOne(number: number, { status, body }: Answer): void {
    if (status === 401) return;
    if (status !== 200) return this.fault(`status ${status}`);
    if (this.dead) return this.fault('a dead session was refreshed');
    const next = number + 1;
    if (next !== this.live && next !== this.live + 1)
      this.fault(`token ${number} worked with ${this.live} live`);
    this.tokens[next] ??= body.refresh_token as string;
    if (this.tokens[next] !== body.refresh_token) this.fault(`two different tokens ${next}`);
    this.noteAccess(body.access_token as string);
  }

  private mustFail(numbers: number[], now: Span): boolean | 'either' {
    if (this.dead || now.from >= this.end().to) return true;
    if (numbers.some((number) => number < this.live - 1)) return true;
    if (!numbers.includes(this.live - 1)) return false;
    const grace = this.inGrace(now);
    if (grace === false) return true;
    // One that rotates first makes the token before it an older one.
    return grace === 'either' || numbers.includes(this.live) ? 'either' : false;
  }

  private inGrace(now: Span): boolean | 'either' {
    if (!this.rotated) return false;
    if (now.to - this.rotated.from <= GRACE) return true;
    return now.from - this.rotated.to > GRACE ? false : 'either';
  }

  /** When the session dies by itself: 30 days after the login, or 7 days after its last use. */
  private end(): Span {
    const at = (edge: keyof Span): number =>
      Math.min(this.born[edge] + 30 * DAY * 1000, this.active[edge] + 7 * DAY * 1000);
    return { from: at('from'), to: at('to') };
  }

  /** Access tokens live as long as they say while the session does, and not a request longer. */
  private async probe(): Promise<void> {
    const asked = this.dead ? this.access : this.access.slice(-2);
    for (const { token, expires } of asked) {
      const now = this.app.clock.millis();
      const { status } = await this.app.get('/api/auth/me', { token });
      if (!this.dead && this.app.clock.millis() >= expires && now < expires) continue; // expired meanwhile
      const expected = !this.dead && now < expires ? 200 : 401;
      if (status !== expected) this.fault(`an access token answered ${status}, dead: ${this.dead}`);
    }
  }

  private noteAccess(token: string): void {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      exp: number;
    };
    this.access.push({ token, expires: claims.exp * 1000 });
  }

  private fault(what: string): void {
    this.faults.push(what);
  }
}
