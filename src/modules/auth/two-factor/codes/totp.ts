import { Injectable } from '@nestjs/common';
import speakeasy from 'speakeasy';
import { Clock } from '@/platform/kernel/clock.js';
import { Entropy, toBase32 } from '@/platform/kernel/entropy.js';

const PERIOD_SECONDS = 30;
const ISSUER = 'Xentree';

/**
 * Time-based one-time passwords, RFC 6238: 6 digits, 30 s, SHA-1, one step of drift either way. The only file
 * that knows speakeasy, and only its arithmetic: its own secrets draw from 60 printable characters.
 */
@Injectable()
export class Totp {
  constructor(
    private readonly clock: Clock,
    private readonly entropy: Entropy,
  ) {}

  /** A new 160-bit secret in base32. */
  createSecret(): string {
    return toBase32(this.entropy.bytes(20));
  }

  /** The time step whose code this is, within one step of now; null when it is none. */
  findTimeStep(secret: string, code: string): number | null {
    const time = Math.floor(this.clock.millis() / 1000);
    const match = speakeasy.totp.verifyDelta({
      secret,
      encoding: 'base32',
      token: code,
      window: 1,
      step: PERIOD_SECONDS,
      time,
    });
    return match ? Math.floor(time / PERIOD_SECONDS) + match.delta : null;
  }

  /** What an authenticator app reads from the QR code. */
  toUri(secret: string, account: string): string {
    const label = `${encodeURIComponent(ISSUER)}:${encodeURIComponent(account)}`;
    return `otpauth://totp/${label}?secret=${secret}&issuer=${ISSUER}&algorithm=SHA1&digits=6&period=${PERIOD_SECONDS}`;
  }

  /** The QR code of an URI as an SVG data URI. */
  async renderQrCode(uri: string): Promise<string> {
    const { default: qrcode } = await import('qrcode');
    const svg = await qrcode.toString(uri, { type: 'svg', margin: 1 });
    return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  }
}
