import type { SessionActor } from '@/platform/access/actor.js';
import { KeyRing } from '@/platform/crypto/index.js';
import type { Log } from '@/platform/logging/index.js';
import { TestClock } from '@test/support/app/test-clock.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import type { SessionRepository } from '../sessions/persistence/session.repository.js';
import type { SessionCache } from '../sessions/session-cache.js';
import type { SessionsService } from '../sessions/sessions.service.js';
import type { AccessTokens } from './access-tokens.js';
import { RefreshTokens } from './refresh-tokens.js';
import { RefreshService } from './refresh.service.js';
import { TokenPairIssuer } from './token-pair-issuer.js';

const ID = '01970000-0000-7000-8000-000000000001';
const DAY_SECONDS = 86_400;

/** One session in memory, with the conditions of the SQL statements. */
class Fixture {
  readonly clock = new TestClock();
  readonly refreshTokens = new RefreshTokens(new KeyRing('the root key of these unit tests, long enough'));
  readonly endReasons: string[] = [];
  readonly warnings: string[] = [];
  readonly session: Session;
  readonly service: RefreshService;

  constructor() {
    this.clock.freeze();
    const now = this.clock.now();
    this.session = {
      id: ID,
      user_id: 'ada',
      created_at: now,
      active_at: now,
      expires_at: this.clock.after(30 * DAY_SECONDS),
      ended_at: null,
      refresh_salt: Buffer.alloc(16, 1),
      refresh_counter: 1,
      refresh_rotated_at: null,
    } as Session;
    const accessTokens = { issue: () => 'access', lifetime: () => 900 } as unknown as AccessTokens;
    this.service = new RefreshService(
      this.repository(),
      { findActive: async (id: string) => this.findActive(id) } as unknown as SessionCache,
      { end: async (_id: string, reason: string) => this.end(reason) } as unknown as SessionsService,
      new TokenPairIssuer(accessTokens, this.refreshTokens),
      this.clock,
      { warn: (event: string) => void this.warnings.push(event) } as unknown as Log,
    );
  }

  token(counter: number, id = ID): string {
    return this.refreshTokens.issue(id, counter, this.session.refresh_salt ?? Buffer.alloc(0));
  }

  rotate(counter: number): Promise<string> {
    return this.outcome(this.service.rotate(this.token(counter)));
  }

  /** The number of the refresh token returned, or the code of the error. */
  outcome(result: Promise<{ refresh_token?: string }>): Promise<string> {
    return result.then(
      ({ refresh_token = '' }) => `token ${this.refreshTokens.parse(refresh_token)?.counter}`,
      (error: { code: string }) => error.code,
    );
  }

  private repository(): SessionRepository {
    return {
      findActive: async (id: string) => this.findActive(id),
      rotateRefreshToken: async (id: string, counter: number, now: Date, idleSince: Date) => {
        const { session } = this;
        if (!this.findActive(id) || session.refresh_counter !== counter || session.active_at <= idleSince)
          return false;
        session.refresh_counter = counter + 1;
        session.refresh_rotated_at = session.active_at = now;
        return true;
      },
      renewByBearer: async () => this.session.ended_at === null,
    } as unknown as SessionRepository;
  }

  private findActive(id: string): Session | null {
    const { session } = this;
    return id === ID && !session.ended_at && session.expires_at > this.clock.now() ? session : null;
  }

  private end(reason: string): void {
    this.session.ended_at = this.clock.now();
    this.endReasons.push(reason);
  }
}

describe('RefreshService', () => {
  let fixture: Fixture;

  beforeEach(() => {
    fixture = new Fixture();
  });

  it('exchanges the current token for the next one, again and again', async () => {
    for (let counter = 1; counter <= 5; counter += 1) {
      fixture.clock.advance(600);
      expect(await fixture.rotate(counter)).toBe(`token ${counter + 1}`);
    }
    expect(fixture.endReasons).toEqual([]);
  });

  it.each([
    [0, 'token 2'],
    [10, 'token 2'],
    [10.001, 'token_invalid'],
  ])('answers the previous token, %s seconds after its rotation, with %s', async (seconds, expected) => {
    await fixture.rotate(1);
    fixture.clock.advance(seconds);
    expect(await fixture.rotate(1)).toBe(expected);
    expect(fixture.endReasons).toEqual(expected === 'token_invalid' ? ['refresh_token_reused'] : []);
  });

  it('ends the session when a token two steps back is used, however soon', async () => {
    await fixture.rotate(1);
    await fixture.rotate(2);
    expect(await fixture.rotate(1)).toBe('token_invalid');
    expect(fixture.endReasons).toEqual(['refresh_token_reused']);
    expect(fixture.warnings).toEqual(['auth.refresh_token_reused']);
    expect(await fixture.rotate(3)).toBe('token_invalid');
  });

  it('ends the session for an authentic token from the future', async () => {
    // Only a restored database can know less than a token: the lineage cannot be trusted any more.
    expect(await fixture.rotate(9)).toBe('token_invalid');
    expect(fixture.endReasons).toEqual(['refresh_token_reused']);
  });

  it('refuses the current token after 7 idle days, without ending the session', async () => {
    fixture.clock.advance(7 * DAY_SECONDS);
    expect(await fixture.rotate(1)).toBe('token_invalid');
    expect(fixture.endReasons).toEqual([]);
  });

  it('never ends a session for a token with a wrong MAC', async () => {
    const bytes = Buffer.from(fixture.token(1).slice(3), 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      const result = fixture.service.rotate(`xr_${changed.toString('base64url')}`);
      expect(await fixture.outcome(result)).toBe('token_invalid');
    }
    expect(fixture.endReasons).toEqual([]);
    expect(await fixture.rotate(1)).toBe('token 2');
  });

  it.each(['', 'xr_', 'garbage', 'eyJhbGciOiJIUzI1NiJ9.e30.x'])('refuses %j', async (text) => {
    expect(await fixture.outcome(fixture.service.rotate(text))).toBe('token_invalid');
    expect(await fixture.service.findSessionId(text)).toBeNull();
  });

  it('refuses a token of a session that has no refresh tokens', async () => {
    const token = fixture.token(1);
    fixture.session.refresh_salt = null;
    expect(await fixture.outcome(fixture.service.rotate(token))).toBe('token_invalid');
  });

  it('refuses every token of an ended or expired session', async () => {
    const token = fixture.token(1);
    fixture.clock.advance(30 * DAY_SECONDS);
    expect(await fixture.outcome(fixture.service.rotate(token))).toBe('token_invalid');
    expect(await fixture.service.findSessionId(token)).toBeNull();
  });

  it('finds the session of an authentic token of any age, for log-out', async () => {
    await fixture.rotate(1);
    await fixture.rotate(2);
    for (const counter of [1, 2, 3])
      expect(await fixture.service.findSessionId(fixture.token(counter))).toBe(ID);
    expect(fixture.endReasons).toEqual([]);
  });

  describe('without a refresh token', () => {
    const actor = { via: 'session', sessionId: ID } as SessionActor;

    it('renews the access token only', async () => {
      expect(await fixture.service.refresh(actor, undefined)).toEqual({
        access_token: 'access',
        token_type: 'bearer',
        expires_in: 900,
        refresh_token: undefined,
      });
      expect(fixture.session.refresh_counter).toBe(1);
    });

    it('throws without an actor, and for an ended session', async () => {
      expect(await fixture.outcome(fixture.service.refresh(null, undefined))).toBe('token_invalid');
      fixture.session.ended_at = fixture.clock.now();
      expect(await fixture.outcome(fixture.service.refresh(actor, undefined))).toBe('token_invalid');
    });

    it('prefers a refresh token to the access token, also an invalid one', async () => {
      expect(await fixture.outcome(fixture.service.refresh(actor, fixture.token(1)))).toBe('token 2');
      expect(await fixture.outcome(fixture.service.refresh(actor, ''))).toBe('token_invalid');
    });
  });
});
