import { createHmac } from 'node:crypto';
import { KeyedHash, KeyRing, SecretBox } from '@/platform/crypto/index.js';
import { SystemEntropy, toBase32 } from '@/platform/kernel/entropy.js';
import type { Log } from '@/platform/logging/index.js';
import { TestClock } from '@test/support/app/test-clock.js';
import { CodeCryptoService } from './code-crypto.service.js';
import { CodeVerifier } from './code-verifier.js';
import { formatBackupCode } from './code.rules.js';
import type { EmailCodesService } from './email-codes.service.js';
import type { SecondFactor } from './persistence/second-factor.entity.js';
import type { SecondFactorRepository } from './persistence/second-factor.repository.js';
import { TotpService } from './totp.service.js';

const SECRET = 'the root key of these unit tests, long enough';
const NEXT_SECRET = 'the root key after the rotation, long enough';
const TOTP_KEY = Buffer.from('a key of twenty bytes');
const entropy = new SystemEntropy();
const clock = new TestClock();
clock.freeze();
const totp = new TotpService(clock, entropy);

function createCodeCrypto(keys: KeyRing, log: string[] = []): CodeCryptoService {
  const memoryLog = { error: (event: string) => void log.push(event) } as unknown as Log;
  return new CodeCryptoService(entropy, new KeyedHash(keys), new SecretBox(keys, entropy), memoryLog);
}

/** The conditional updates of the repositories, in memory. */
class Store {
  lastStep = -1;
  backupHashes: Buffer[] = [];
  emailCodes = new Map<string, string>();

  readonly factors = {
    consumeTimeStep: async (_userId: string, step: number) => {
      if (step <= this.lastStep) return false;
      this.lastStep = step;
      return true;
    },
    consumeBackupCode: async (_userId: string, hashes: Buffer[]) => {
      const index = this.backupHashes.findIndex((stored) => hashes.some((hash) => hash.equals(stored)));
      if (index >= 0) this.backupHashes.splice(index, 1);
      return index >= 0;
    },
  } as unknown as SecondFactorRepository;

  readonly emailCodesService = {
    consume: async (id: string, code: string) =>
      this.emailCodes.get(id) === code && this.emailCodes.delete(id),
  } as unknown as EmailCodesService;
}

describe('CodeVerifier', () => {
  const keys = new KeyRing(SECRET);
  const codeCrypto = createCodeCrypto(keys);
  const secret = toBase32(TOTP_KEY);
  const totpFactor: SecondFactor = {
    user_id: 'ada',
    method: 'totp',
    secret: codeCrypto.sealTotpSecret('ada', secret),
    last_step: null,
    created_at: new Date(0),
  };
  const emailFactor: SecondFactor = { ...totpFactor, method: 'email', secret: null };
  let store: Store;
  let verifier: CodeVerifier;
  let backupCodes: string[];

  beforeEach(() => {
    store = new Store();
    verifier = new CodeVerifier(store.factors, store.emailCodesService, codeCrypto, totp, clock);
    const { plain, hashes } = codeCrypto.createBackupCodes('ada');
    store.backupHashes = hashes;
    backupCodes = plain.map(formatBackupCode);
  });

  /** Returns the code of an authenticator app: RFC 6238, independent of the library under test. */
  function currentCode(): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(clock.millis() / 30_000)));
    const mac = createHmac('sha1', TOTP_KEY).update(counter).digest();
    const offset = (mac.at(-1) ?? 0) & 0xf;
    return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
  }

  it('accepts a TOTP code once, also with spaces around it', async () => {
    const code = currentCode();
    expect(await verifier.consume(totpFactor, ` ${code}\n`, null)).toBe('totp');
    expect(await verifier.consume(totpFactor, code, null)).toBeNull();
  });

  it('accepts the e-mail code of the given row only, once', async () => {
    store.emailCodes.set('row-1', '123456').set('row-2', '654321');
    expect(await verifier.consume(emailFactor, '123456', 'row-2')).toBeNull();
    expect(await verifier.consume(emailFactor, '123456', null)).toBeNull();
    expect(await verifier.consume(emailFactor, '123456', 'row-1')).toBe('email');
    expect(await verifier.consume(emailFactor, '123456', 'row-1')).toBeNull();
  });

  it('does not accept an e-mail code for a TOTP factor', async () => {
    store.emailCodes.set('row-1', '123456');
    if (totp.findTimeStep(secret, '123456') === null)
      expect(await verifier.consume(totpFactor, '123456', 'row-1')).toBeNull();
    expect(store.emailCodes.size).toBe(1);
  });

  it.each(['totp', 'email'] as const)(
    'accepts a backup code once, whatever the method (%s)',
    async (method) => {
      const factor = method === 'totp' ? totpFactor : emailFactor;
      const [first = '', second = ''] = backupCodes;
      expect(await verifier.consume(factor, first.toLowerCase(), null)).toBe('backup_code');
      expect(await verifier.consume(factor, first, null)).toBeNull();
      expect(await verifier.consume(factor, second.replaceAll('-', ' '), null)).toBe('backup_code');
    },
  );

  it('does not accept a backup code of another user', async () => {
    const { plain } = codeCrypto.createBackupCodes('eve');
    for (const code of plain) expect(await verifier.consume(totpFactor, code, null)).toBeNull();
  });

  it('refuses malformed codes without consuming anything', async () => {
    store.emailCodes.set('row-1', '123456');
    for (const code of ['', ' ', '12345', '1234567', 'abcdef', 'A'.repeat(64), '12 34 5', '12_34_56'])
      expect([code, await verifier.consume(emailFactor, code, 'row-1')]).toEqual([code, null]);
    expect(store.emailCodes.size).toBe(1);
    expect(store.backupHashes).toHaveLength(10);
  });

  it('refuses every TOTP code when the secret cannot be decrypted, and logs it', async () => {
    const log: string[] = [];
    const foreignCodeCrypto = createCodeCrypto(new KeyRing(NEXT_SECRET), log);
    const other = new CodeVerifier(store.factors, store.emailCodesService, foreignCodeCrypto, totp, clock);
    expect(await other.consume(totpFactor, currentCode(), null)).toBeNull();
    expect(log).toEqual(['auth.totp_secret_unreadable']);
  });

  it('refuses the secret of another user', async () => {
    expect(await verifier.consume({ ...totpFactor, user_id: 'eve' }, currentCode(), null)).toBeNull();
  });

  it('accepts codes from before a rotation of the root key', async () => {
    const rotated = createCodeCrypto(new KeyRing(NEXT_SECRET, SECRET));
    const other = new CodeVerifier(store.factors, store.emailCodesService, rotated, totp, clock);
    expect(await other.consume(totpFactor, currentCode(), null)).toBe('totp');
    expect(await other.consume(totpFactor, backupCodes[3] ?? '', null)).toBe('backup_code');
  });
});

describe('CodeCryptoService', () => {
  const codeCrypto = createCodeCrypto(new KeyRing(SECRET));

  it('creates e-mail codes of six digits, with leading zeros', () => {
    const codes = Array.from({ length: 500 }, () => codeCrypto.createEmailCode());
    for (const code of codes) expect(code).toMatch(/^\d{6}$/);
    expect(codes.some((code) => code.startsWith('0'))).toBe(true);
  });

  it('creates ten different backup codes of 16 characters, with hashes in the same order', () => {
    const { plain, hashes } = codeCrypto.createBackupCodes('ada');
    expect(new Set(plain).size).toBe(10);
    for (const [index, code] of plain.entries()) {
      expect(code).toMatch(/^[A-Z2-7]{16}$/);
      expect(codeCrypto.allBackupCodeHashes('ada', code)[0]).toEqual(hashes[index]);
    }
  });

  it('binds hashes to their row or user, and to their kind', () => {
    const hashes = [
      codeCrypto.hashEmailCode('a', '123456'),
      codeCrypto.hashEmailCode('b', '123456'),
      codeCrypto.allBackupCodeHashes('a', '123456')[0],
      codeCrypto.allBackupCodeHashes('b', '123456')[0],
    ].map((hash) => hash?.toString('hex'));
    expect(new Set(hashes).size).toBe(4);
  });

  it('encrypts a secret differently every time, and opens it for its user only', () => {
    const sealed = [1, 2].map(() => codeCrypto.sealTotpSecret('ada', 'SECRET'));
    expect(sealed[0]).not.toEqual(sealed[1]);
    for (const one of sealed) {
      expect(codeCrypto.openTotpSecret('ada', one)).toBe('SECRET');
      expect(codeCrypto.openTotpSecret('eve', one)).toBeNull();
    }
    for (const broken of [Buffer.alloc(0), Buffer.alloc(5), Buffer.alloc(100)])
      expect(codeCrypto.openTotpSecret('ada', broken)).toBeNull();
  });
});
