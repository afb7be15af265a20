import type { Worker } from 'node:worker_threads';
import { requestContext } from '@/platform/context/index.js';
import { PasswordPolicy } from './password-policy.js';

const PHRASE = 'otters juggle nine lanterns';
/** Forty characters with many meanings each, which zxcvbn combines. */
const HOSTILE_PASSWORD = 'a>io<015e(e41st/9(>6a(te+)[(a3e\\2!|%/59&';

const outcome = (judgement: Promise<void>): Promise<string> =>
  judgement.then(
    () => 'strong',
    ({ code, detail }: { code: string; detail: { reason?: string } }) => `${code}: ${detail.reason}`,
  );

class ImpatientPolicy extends PasswordPolicy {
  protected override readonly timeoutMs = 150;
  protected override readonly judgedLengths: number[] = [40, 4];
}

class OverloadedPolicy extends ImpatientPolicy {
  protected override readonly judgedLengths = [40];
}

describe('PasswordPolicy', () => {
  const policies: PasswordPolicy[] = [];
  const create = <Policy extends PasswordPolicy>(policy: Policy): Policy => (policies.push(policy), policy);

  afterAll(() => Promise.all(policies.map((policy) => policy.onApplicationShutdown())));

  it('accepts an uncommon phrase, and refuses common passwords and hints', async () => {
    const policy = create(new PasswordPolicy());
    expect(await outcome(policy.assertStrong(PHRASE, []))).toBe('strong');
    expect(await outcome(policy.assertStrong('password1', []))).toMatch(/^password_too_weak: ./);
    expect(await outcome(policy.assertStrong('lovelace1815', ['lovelace']))).toMatch(/^password_too_weak: ./);
  });

  it('refuses a hint that is longer than what is judged', async () => {
    const address = 'quixotic.lanterns-of-otters@juggling-museum.example';
    expect(await outcome(create(new PasswordPolicy()).assertStrong(address, [address]))).toMatch(
      /^password_too_weak/,
    );
  });

  it('judges a shorter prefix, in a new thread, when a judgement takes too long', async () => {
    const policy = create(new ImpatientPolicy());
    expect(await outcome(policy.assertStrong(HOSTILE_PASSWORD, []))).toMatch(/^password_too_weak: ./);
    expect(await outcome(policy.assertStrong(PHRASE, []))).not.toMatch(/overloaded/);
  });

  it('has a share for each caller: one that sends many passwords holds up no other', async () => {
    const policy = create(new PasswordPolicy());
    const finished: string[] = [];
    const assertStrong = (userId: string): Promise<string> =>
      new Promise((resolve) =>
        requestContext.run({ requestId: userId, url: '/', setHeader: () => undefined, userId }, () => {
          const judgement = outcome(policy.assertStrong(PHRASE, []));
          resolve(judgement.finally(() => finished.push(userId)));
        }),
      );
    const greedy = Array.from({ length: 66 }, () => assertStrong('greedy'));
    const modest = assertStrong('modest');
    expect(await modest).toBe('strong');
    expect(finished.filter((userId) => userId === 'greedy').length).toBeLessThan(6);
    const outcomes = await Promise.all(greedy);
    expect(outcomes.filter((result) => result === 'strong')).toHaveLength(65);
    expect(outcomes.filter((result) => result.startsWith('overloaded'))).toHaveLength(1);
  });

  it('judges no waiting password after the shutdown', async () => {
    const policy = create(new PasswordPolicy());
    const running = outcome(policy.assertStrong(PHRASE, []));
    const waiting = outcome(policy.assertStrong(PHRASE, []));
    expect(await running).toBe('strong');
    await policy.onApplicationShutdown();
    expect(await waiting).toMatch(/^(strong|overloaded)/);
    expect(await outcome(policy.assertStrong(PHRASE, []))).toMatch(/^overloaded/);
  });

  it('stops although a judgement ends at this moment', async () => {
    const policy = create(new PasswordPolicy());
    await policy.assertStrong(PHRASE, []);
    const judging = policy.assertStrong(PHRASE, []);
    const { worker } = policy as unknown as { worker: Worker };
    const stopped = new Promise((resolve) =>
      worker.prependListener('message', (message) => {
        if (message !== 'started') resolve(policy.onApplicationShutdown());
      }),
    );
    await stopped;
    await judging;
  });

  it('says that the server is busy when no prefix can be judged in time', async () => {
    const policy = create(new OverloadedPolicy());
    expect(await outcome(policy.assertStrong(HOSTILE_PASSWORD, []))).toMatch(/^overloaded/);
    expect(await outcome(policy.assertStrong('password1', []))).toMatch(/^password_too_weak: ./);
  });
});
