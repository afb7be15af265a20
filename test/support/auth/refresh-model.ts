import type { TestResponse, TestApp } from '../app/test-app.js';

const DAY_SECONDS = 86_400;
const GRACE_MS = 10_000;

/** One event of a session whose refresh token several clients have. */
export type SessionStep =
  | { kind: 'rotate'; client: number }
  | { kind: 'lose'; client: number }
  | { kind: 'replay'; client: number; back: number }
  | { kind: 'steal'; from: number; to: number }
  | { kind: 'burst'; clients: number[] }
  | { kind: 'wait'; seconds: number };

/** The time before and after a request; the server decided in between. */
interface TimeRange {
  from: number;
  to: number;
}

/**
 * A model of the refresh contract: predicts the response to each step of one session and records deviations as faults.
 * Tokens are numbered; only the live one is rotated. Each client has the number of the token that it holds.
 */
export class RefreshModel {
  private readonly tokens: string[] = ['', ''];
  private readonly accessTokens: { token: string; expires: number }[] = [];
  private readonly knownNumbers: number[];
  private liveNumber = 1;
  private rotatedAt: TimeRange | undefined;
  private lastUsedAt: TimeRange;
  private readonly createdAt: TimeRange;
  private hasEnded = false;
  readonly faults: string[] = [];

  private constructor(
    private readonly app: TestApp,
    first: { body: { access_token: string; refresh_token: string } },
    span: TimeRange,
    clients: number,
  ) {
    this.createdAt = this.lastUsedAt = span;
    this.tokens[1] = first.body.refresh_token;
    this.recordAccessToken(first.body.access_token);
    this.knownNumbers = Array.from({ length: clients }, () => 1);
  }

  static async start(
    app: TestApp,
    login: () => Promise<TestResponse>,
    clients: number,
  ): Promise<RefreshModel> {
    const from = app.clock.millis();
    return new RefreshModel(app, await login(), { from, to: app.clock.millis() }, clients);
  }

  async apply(step: SessionStep): Promise<void> {
    switch (step.kind) {
      case 'rotate':
        this.recordRefreshTokens(
          [step.client],
          await this.presentTokens([this.currentTokenNumber(step.client)]),
        );
        break;
      case 'lose':
        await this.presentTokens([this.currentTokenNumber(step.client)]);
        break;
      case 'replay':
        await this.presentTokens([Math.max(1, this.currentTokenNumber(step.client) - step.back)]);
        break;
      case 'steal':
        this.knownNumbers[step.to] = this.currentTokenNumber(step.from);
        break;
      case 'burst':
        this.recordRefreshTokens(
          step.clients,
          await this.presentTokens(step.clients.map((client) => this.currentTokenNumber(client))),
        );
        break;
      case 'wait':
        this.app.clock.advance(step.seconds);
        break;
    }
    await this.checkAccessTokens();
  }

  /** Lets every client refresh twice, with a pause; returns how many succeed at last. */
  async countSurvivors(): Promise<number> {
    let last: boolean[] = [];
    for (let round = 0; round < 2; round += 1) {
      last = [];
      for (const client of this.knownNumbers.keys()) {
        this.app.clock.advance(11);
        const responses = await this.presentTokens([this.currentTokenNumber(client)]);
        this.recordRefreshTokens([client], responses);
        last.push(responses[0]?.status === 200);
      }
    }
    await this.checkAccessTokens();
    return last.filter(Boolean).length;
  }

  private currentTokenNumber(client: number): number {
    return this.knownNumbers[client] ?? 1;
  }

  private recordRefreshTokens(clients: number[], responses: TestResponse[]): void {
    clients.forEach((client, index) => {
      const token = responses[index]?.body.refresh_token as string | undefined;
      if (token !== undefined) this.knownNumbers[client] = this.tokens.indexOf(token);
    });
  }

  /** Sends tokens in parallel and compares the responses with the contract. */
  private async presentTokens(numbers: number[]): Promise<TestResponse[]> {
    const from = this.app.clock.millis();
    const calls = numbers.map((number) =>
      this.app.post('/api/auth/refresh', { refresh_token: this.tokens[number] }),
    );
    const responses = await Promise.all(calls);
    this.checkResponses(numbers, responses, { from, to: this.app.clock.millis() });
    return responses;
  }

  private checkResponses(numbers: number[], responses: TestResponse[], now: TimeRange): void {
    for (const [index, response] of responses.entries()) this.checkResponse(numbers[index] ?? 0, response);
    const failed = responses.some(({ status }) => status !== 200);
    const expected = this.expectedFailure(numbers, now);
    if (expected !== 'either' && failed !== expected) {
      this.recordFault(
        `presented ${numbers.join()} with ${this.liveNumber} live: ${expected ? 'no' : 'a'} refusal`,
      );
    }
    if (failed) this.hasEnded = true;
    else if (numbers.includes(this.liveNumber)) {
      this.liveNumber += 1;
      this.rotatedAt = this.lastUsedAt = now;
    }
  }

  /** A success returns the live token or its successor; each number has exactly one token. */
  private checkResponse(number: number, { status, body }: TestResponse): void {
    if (status === 401) return;
    if (status !== 200) return this.recordFault(`status ${status}`);
    if (this.hasEnded) return this.recordFault('an ended session was refreshed');
    const next = number + 1;
    if (next !== this.liveNumber && next !== this.liveNumber + 1)
      this.recordFault(`token ${number} worked with ${this.liveNumber} live`);
    this.tokens[next] ??= body.refresh_token as string;
    if (this.tokens[next] !== body.refresh_token) this.recordFault(`two different tokens ${next}`);
    this.recordAccessToken(body.access_token as string);
  }

  private expectedFailure(numbers: number[], now: TimeRange): boolean | 'either' {
    if (this.hasEnded || now.from >= this.expiresBetween().to) return true;
    if (numbers.some((number) => number < this.liveNumber - 1)) return true;
    if (!numbers.includes(this.liveNumber - 1)) return false;
    const grace = this.isInGracePeriod(now);
    if (grace === false) return true;
    // If the live token is rotated first, its predecessor becomes an older token.
    return grace === 'either' || numbers.includes(this.liveNumber) ? 'either' : false;
  }

  private isInGracePeriod(now: TimeRange): boolean | 'either' {
    if (!this.rotatedAt) return false;
    if (now.to - this.rotatedAt.from <= GRACE_MS) return true;
    return now.from - this.rotatedAt.to > GRACE_MS ? false : 'either';
  }

  /** Returns the expiry of the session: 30 days after the login, or 7 days after its last use. */
  private expiresBetween(): TimeRange {
    const at = (edge: keyof TimeRange): number =>
      Math.min(
        this.createdAt[edge] + 30 * DAY_SECONDS * 1000,
        this.lastUsedAt[edge] + 7 * DAY_SECONDS * 1000,
      );
    return { from: at('from'), to: at('to') };
  }

  /** Access tokens work until they expire or the session ends. */
  private async checkAccessTokens(): Promise<void> {
    const checkedTokens = this.hasEnded ? this.accessTokens : this.accessTokens.slice(-2);
    for (const { token, expires } of checkedTokens) {
      const now = this.app.clock.millis();
      const { status } = await this.app.get('/api/auth/me', { token });
      if (!this.hasEnded && this.app.clock.millis() >= expires && now < expires) continue; // the token expired during the request
      const expected = !this.hasEnded && now < expires ? 200 : 401;
      if (status !== expected)
        this.recordFault(`an access token answered ${status}, session ended: ${this.hasEnded}`);
    }
  }

  private recordAccessToken(token: string): void {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      exp: number;
    };
    this.accessTokens.push({ token, expires: claims.exp * 1000 });
  }

  private recordFault(what: string): void {
    this.faults.push(what);
  }
}
