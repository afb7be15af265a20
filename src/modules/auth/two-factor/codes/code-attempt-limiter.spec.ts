import type { AuthMailer, SecurityNotice } from '@/modules/auth/mail/auth-mailer.js';
import type { Metrics } from '@/platform/health/metrics.js';
import type { Log } from '@/platform/logging/index.js';
import { MemoryRateLimiter } from '@test/support/app/memory-rate-limiter.js';
import { CodeAttemptLimiter } from './code-attempt-limiter.js';
import { DAILY_WRONG_CODE_LIMIT, WRONG_CODE_LIMIT } from './code.rules.js';

describe('CodeAttemptLimiter', () => {
  let limits: MemoryRateLimiter;
  let notices: [string, SecurityNotice][];
  let events: string[];
  let limiter: CodeAttemptLimiter;

  beforeEach(() => {
    limits = new MemoryRateLimiter();
    notices = [];
    events = [];
    limiter = new CodeAttemptLimiter(
      limits.asLimiter(),
      {
        sendNotice: async (userId: string, notice: SecurityNotice) => void notices.push([userId, notice]),
      } as unknown as AuthMailer,
      { warn: (event: string) => void events.push(event) } as unknown as Log,
      { countEvent: (event: string) => void events.push(event) } as unknown as Metrics,
    );
  });

  const wrong = async (): Promise<null> => null;
  const right = async (): Promise<string> => 'result';
  const code = (attempt: Promise<unknown>): Promise<string> =>
    attempt.then(
      () => 'accepted',
      (error: { code?: string; message: string }) => error.code ?? error.message,
    );

  it('returns the result of a correct code, and counts nothing', async () => {
    expect(await limiter.attempt('ada', right)).toBe('result');
    expect(limits.count(WRONG_CODE_LIMIT, 'ada')).toBe(0);
    expect(limits.count(DAILY_WRONG_CODE_LIMIT, 'ada')).toBe(0);
    expect(events).toEqual([]);
  });

  it.each([0, '', false])(
    'takes the result %j for a correct code: only null is a wrong one',
    async (value) => {
      expect(await limiter.attempt('ada', async () => value)).toBe(value);
    },
  );

  it('refuses five wrong codes with 401, then every code with 429, without checking it', async () => {
    for (let index = 0; index < 5; index += 1)
      expect(await code(limiter.attempt('ada', wrong))).toBe('two_factor_code_invalid');
    let checked = false;
    const check = async (): Promise<string> => ((checked = true), 'result');
    expect(await code(limiter.attempt('ada', check))).toBe('too_many_attempts');
    expect(checked).toBe(false);
  });

  it('checks at most five of many concurrent codes', async () => {
    let checks = 0;
    const check = async (): Promise<null> => {
      checks += 1;
      await new Promise(setImmediate);
      return null;
    };
    await Promise.all(Array.from({ length: 50 }, () => code(limiter.attempt('ada', check))));
    expect(checks).toBe(5);
  });

  it('counts every user separately', async () => {
    for (let index = 0; index < 6; index += 1) await code(limiter.attempt('ada', wrong));
    expect(await code(limiter.attempt('eve', wrong))).toBe('two_factor_code_invalid');
    expect(await code(limiter.attempt('eve', right))).toBe('accepted');
  });

  it('forgets recent failures after a correct code, but not those of the day', async () => {
    for (let index = 0; index < 4; index += 1) await code(limiter.attempt('ada', wrong));
    await limiter.attempt('ada', right);
    expect(limits.count(WRONG_CODE_LIMIT, 'ada')).toBe(0);
    expect(limits.count(DAILY_WRONG_CODE_LIMIT, 'ada')).toBe(4);
  });

  it('notifies the user once, at the twentieth wrong code of a day', async () => {
    for (let index = 1; index <= 20; index += 1) {
      if (index % 5 === 1) limits.counts.delete(`${WRONG_CODE_LIMIT.name}/ada`);
      await code(limiter.attempt('ada', wrong));
      expect([index, notices.length]).toEqual([index, index === 20 ? 1 : 0]);
    }
    expect(notices).toEqual([['ada', 'two_factor_closed']]);
    limits.counts.delete(`${WRONG_CODE_LIMIT.name}/ada`);
    expect(await code(limiter.attempt('ada', right))).toBe('too_many_attempts');
    expect(notices).toHaveLength(1);
  });

  it('releases the recent count when the limit of the day refuses', async () => {
    limits.counts.set(`${DAILY_WRONG_CODE_LIMIT.name}/ada`, 20);
    expect(await code(limiter.attempt('ada', right))).toBe('too_many_attempts');
    expect(limits.count(WRONG_CODE_LIMIT, 'ada')).toBe(0);
  });

  it('does not count a check that fails for another reason, and passes the error on', async () => {
    const failure = async (): Promise<null> => {
      throw new Error('the database is gone');
    };
    for (let index = 0; index < 10; index += 1)
      expect(await code(limiter.attempt('ada', failure))).toBe('the database is gone');
    expect(limits.count(WRONG_CODE_LIMIT, 'ada')).toBe(0);
    expect(limits.count(DAILY_WRONG_CODE_LIMIT, 'ada')).toBe(0);
  });

  it('logs and counts wrong codes', async () => {
    await code(limiter.attempt('ada', wrong));
    expect(events).toEqual(['auth.code_wrong', 'auth.code_wrong']);
  });
});
