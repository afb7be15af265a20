import { KeyedHash, KeyRing } from '@/platform/crypto/index.js';
import { SystemEntropy } from '@/platform/kernel/entropy.js';
import { TestClock } from '@test/support/app/test-clock.js';
import { EmailTokens } from './email-tokens.js';
import type { EmailToken, EmailTokenPurpose } from './persistence/email-token.entity.js';
import type { EmailTokenDetails, EmailTokenRepository } from './persistence/email-token.repository.js';

const SECRET = 'the root key of these unit tests, long enough';
const NEXT_SECRET = 'the root key after the rotation, long enough';
const DAY_SECONDS = 86_400;

/** The table in memory, with the conditions of the SQL statements. */
class MemoryTokens {
  rows: EmailToken[] = [];

  async insert(row: EmailToken): Promise<void> {
    this.rows.push(row);
  }

  async revoke(userId: string, purposes: EmailTokenPurpose[]): Promise<void> {
    this.rows = this.rows.filter((row) => row.user_id !== userId || !purposes.includes(row.purpose));
  }

  async revokeAllExcept(userId: string, purpose: EmailTokenPurpose): Promise<void> {
    this.rows = this.rows.filter((row) => row.user_id !== userId || row.purpose === purpose);
  }

  async revokeNewer(userId: string, purpose: EmailTokenPurpose, id: string): Promise<void> {
    this.rows = this.rows.filter((row) => row.user_id !== userId || row.purpose !== purpose || row.id <= id);
  }

  async find(hashes: Buffer[], purposes: EmailTokenPurpose[], now: Date) {
    return this.rows.find(
      ({ token_hash, purpose, expires_at }) =>
        hashes.some((hash) => hash.equals(token_hash)) && purposes.includes(purpose) && expires_at > now,
    );
  }

  async consume(hashes: Buffer[], purposes: EmailTokenPurpose[], now: Date) {
    const found = await this.find(hashes, purposes, now);
    this.rows = this.rows.filter((row) => row !== found);
    return found;
  }
}

describe('EmailTokens', () => {
  let table: MemoryTokens;
  let clock: TestClock;
  let tokens: EmailTokens;

  function createTokens(...secrets: [string, string?]): EmailTokens {
    const hash = new KeyedHash(new KeyRing(...secrets));
    return new EmailTokens(table as unknown as EmailTokenRepository, hash, new SystemEntropy(), clock);
  }

  beforeEach(() => {
    table = new MemoryTokens();
    clock = new TestClock();
    clock.freeze();
    tokens = createTokens(SECRET);
  });

  const outcome = (result: Promise<EmailTokenDetails>): Promise<string> =>
    result.then(
      ({ user_id, purpose }) => `${user_id} ${purpose}`,
      (error: { code: string }) => error.code,
    );

  it('is valid once', async () => {
    const token = await tokens.issue('ada', 'reset_password', 'ada@example.com');
    expect(await outcome(tokens.consume(token, ['reset_password']))).toBe('ada reset_password');
    expect(await outcome(tokens.consume(token, ['reset_password']))).toBe('link_invalid');
  });

  it('can be verified any number of times without being consumed', async () => {
    const token = await tokens.issue('ada', 'reset_password', 'ada@example.com');
    for (let index = 0; index < 3; index += 1)
      expect(await tokens.verify(token, ['reset_password'])).toMatchObject({ email: 'ada@example.com' });
    expect(await outcome(tokens.consume(token, ['reset_password']))).toBe('ada reset_password');
    expect(await outcome(tokens.verify(token, ['reset_password']))).toBe('link_invalid');
  });

  it('is refused for other purposes, and stays valid for its own', async () => {
    const token = await tokens.issue('ada', 'verify_email', 'ada@example.com');
    const others: EmailTokenPurpose[] = [
      'reset_password',
      'set_password',
      'replace_password',
      'change_email',
    ];
    expect(await outcome(tokens.consume(token, others))).toBe('link_invalid');
    expect(await outcome(tokens.consume(token, []))).toBe('link_invalid');
    expect(await outcome(tokens.consume(token, [...others, 'verify_email']))).toBe('ada verify_email');
  });

  it('replaces the previous token of the same purpose and user only', async () => {
    const first = await tokens.issue('ada', 'reset_password', 'ada@example.com');
    const ofPurpose = await tokens.issue('ada', 'verify_email', 'ada@example.com');
    const ofUser = await tokens.issue('eve', 'reset_password', 'eve@example.com');
    await tokens.issue('ada', 'reset_password', 'ada@example.com');
    expect(await outcome(tokens.verify(first, ['reset_password']))).toBe('link_invalid');
    expect(await outcome(tokens.verify(ofPurpose, ['verify_email']))).toBe('ada verify_email');
    expect(await outcome(tokens.verify(ofUser, ['reset_password']))).toBe('eve reset_password');
  });

  it.each([
    ['verify_email', DAY_SECONDS],
    ['change_email', DAY_SECONDS],
    ['set_password', DAY_SECONDS],
    ['reset_password', 3600],
    ['replace_password', 900],
  ] as const)('for %s expires after %i seconds', async (purpose, lifetime) => {
    const token = await tokens.issue('ada', purpose, 'ada@example.com');
    clock.advance(lifetime - 0.001);
    expect(await outcome(tokens.verify(token, [purpose]))).toBe(`ada ${purpose}`);
    clock.advance(0.001);
    expect(await outcome(tokens.verify(token, [purpose]))).toBe('link_invalid');
    expect(await outcome(tokens.consume(token, [purpose]))).toBe('link_invalid');
  });

  it('is stored only as a hash, and has 256 bits that fit into a URL', async () => {
    const issued = [];
    for (let index = 0; index < 20; index += 1)
      issued.push(await tokens.issue(`user-${index}`, 'verify_email', 'ada@example.com'));
    expect(new Set(issued).size).toBe(20);
    for (const token of issued) expect(token).toMatch(/^[\w-]{43}$/);
    const stored = JSON.stringify(table.rows.map((row) => ({ ...row, text: row.token_hash.toString() })));
    for (const token of issued) expect(stored).not.toContain(token);
  });

  it('can be revoked by purpose', async () => {
    const reset = await tokens.issue('ada', 'reset_password', 'ada@example.com');
    const verify = await tokens.issue('ada', 'verify_email', 'ada@example.com');
    await tokens.revoke('ada', 'reset_password', 'set_password');
    expect(await outcome(tokens.verify(reset, ['reset_password']))).toBe('link_invalid');
    expect(await outcome(tokens.verify(verify, ['verify_email']))).toBe('ada verify_email');
  });

  it('that restores an address stays valid beside those of other changes, for 7 days', async () => {
    const reversionOf = (email: string): Promise<string> =>
      tokens.issueReversion({ id: 'ada', email, email_verified_at: null });
    const [first, second, third] = [
      await reversionOf('1@x'),
      await reversionOf('2@x'),
      await reversionOf('3@x'),
    ];
    const verify = (token: string): Promise<string> => outcome(tokens.verify(token, ['revert_email']));
    await tokens.issue('ada', 'reset_password', 'ada@example.com');
    await tokens.revokeAllExceptReversions('ada');
    expect(table.rows.map(({ email }) => email)).toEqual(['1@x', '2@x', '3@x']);
    await tokens.revokeLaterReversions(await tokens.consume(second, ['revert_email']));
    expect([await verify(first), await verify(second), await verify(third)]).toEqual([
      'ada revert_email',
      'link_invalid',
      'link_invalid',
    ]);
    clock.advance(7 * DAY_SECONDS);
    expect(await verify(first)).toBe('link_invalid');
  });

  it('stays valid during a rotation of the root key, and not afterwards', async () => {
    const token = await tokens.issue('ada', 'verify_email', 'ada@example.com');
    expect(await outcome(createTokens(NEXT_SECRET, SECRET).verify(token, ['verify_email']))).toBe(
      'ada verify_email',
    );
    expect(await outcome(createTokens(NEXT_SECRET).verify(token, ['verify_email']))).toBe('link_invalid');
  });

  it.each(['', ' ', 'x', '\u0000', 'A'.repeat(100_000), '💥'])('is not %j', async (text) => {
    await tokens.issue('ada', 'verify_email', 'ada@example.com');
    expect(await outcome(tokens.consume(text, ['verify_email']))).toBe('link_invalid');
  });
});
