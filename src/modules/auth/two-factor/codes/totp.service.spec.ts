import { createHmac } from 'node:crypto';
import { Clock } from '@/platform/kernel/clock.js';
import { SystemEntropy, toBase32 } from '@/platform/kernel/entropy.js';
import { TotpService } from './totp.service.js';

class FixedClock extends Clock {
  constructor(public seconds: number) {
    super();
  }

  now(): Date {
    return new Date(this.seconds * 1000);
  }
}

/** RFC 4226, written independently of the library under test. */
function referenceCode(key: Buffer, timeStep: number, digits = 6): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(timeStep));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, '0');
}

const RFC_KEY = Buffer.from('12345678901234567890');
const RFC_SECRET = toBase32(RFC_KEY);

describe('TotpService', () => {
  const clock = new FixedClock(0);
  const totp = new TotpService(clock, new SystemEntropy());

  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('accepts the code of RFC 6238 for second %i', (seconds, code) => {
    clock.seconds = seconds;
    expect(referenceCode(RFC_KEY, Math.floor(seconds / 30))).toBe(code);
    expect(totp.findTimeStep(RFC_SECRET, code)).toBe(Math.floor(seconds / 30));
  });

  it('returns the step of the code, not of the clock, within one step of drift', () => {
    const now = 60_000_000;
    for (const second of [now * 30, now * 30 + 29]) {
      clock.seconds = second;
      for (const drift of [-1, 0, 1]) {
        expect(totp.findTimeStep(RFC_SECRET, referenceCode(RFC_KEY, now + drift))).toBe(now + drift);
      }
    }
  });

  it('refuses codes two steps away', () => {
    const now = 60_000_000;
    clock.seconds = now * 30;
    expect(totp.findTimeStep(RFC_SECRET, referenceCode(RFC_KEY, now - 2))).toBeNull();
    expect(totp.findTimeStep(RFC_SECRET, referenceCode(RFC_KEY, now + 2))).toBeNull();
  });

  it('refuses malformed codes and codes of another secret', () => {
    clock.seconds = 1_234_567_890;
    for (const code of ['', '5924', '05924', '0005924', '005924 ', 'abcdef', '-05924'])
      expect([code, totp.findTimeStep(RFC_SECRET, code)]).toEqual([code, null]);
    const otherSecret = toBase32(Buffer.from('another 20-byte key!'));
    expect(totp.findTimeStep(otherSecret, '005924')).toBeNull();
  });

  it('creates 160-bit secrets in base32 that its own codes verify, and none twice', () => {
    const secrets = Array.from({ length: 50 }, () => totp.createSecret());
    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  });

  it('writes a URI that authenticator apps can parse, for any address', () => {
    const email = 'a+b"<&?#%:@exämple.org';
    const uri = new URL(totp.toUri('ABCDEFGH', email));
    expect(uri.protocol).toBe('otpauth:');
    expect(decodeURIComponent(uri.pathname.slice(1))).toBe(`Xentree:${email}`);
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      secret: 'ABCDEFGH',
      issuer: 'Xentree',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });

  it('draws the QR code as an SVG without scripts', async () => {
    const image = await totp.renderQrCode(totp.toUri('ABCDEFGH', 'ada@example.com'));
    const svg = Buffer.from(image.replace('data:image/svg+xml;base64,', ''), 'base64').toString();
    expect(svg).toMatch(/^<svg /);
    expect(svg).not.toContain('<script');
  });
});
