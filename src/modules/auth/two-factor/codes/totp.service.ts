import { Injectable } from '@nestjs/common';
import speakeasy from 'speakeasy';
import { Clock } from '@/platform/kernel/clock.js';
import { Entropy, toBase32 } from '@/platform/kernel/entropy.js';

const PERIOD_SECONDS = 30;
const ISSUER = 'Xentree';

/**
 * Time-based one-time passwords (RFC 6238): 6 digits, 30 seconds, SHA-1, one step of drift in both directions. Only
 * this file imports speakeasy, and uses only its arithmetic: its secrets draw from 60 printable characters.
 */
@Injectable()
export class TotpService {
  constructor(
    private readonly clock: Clock,
    private readonly entropy: Entropy,
  ) {}

  /** Returns a new 160-bit secret in base32. */
  createSecret(): string {
    return toBase32(this.entropy.bytes(20));
  }

  /**
   * Returns the time step of `code`, at most one step from now; null for a wrong code. `code` must be six digits:
   * speakeasy compares numbers and would accept `5924.0` for `005924`.
   */
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

  /** Returns the URI that an authenticator app reads from the QR code. */
  toUri(secret: string, account: string): string {
    const label = `${encodeURIComponent(ISSUER)}:${encodeURIComponent(account)}`;
    return `otpauth://totp/${label}?secret=${secret}&issuer=${ISSUER}&algorithm=SHA1&digits=6&period=${PERIOD_SECONDS}`;
  }

  /** Returns the QR code of `uri` as an SVG data URI. */
  async renderQrCode(uri: string): Promise<string> {
    const { default: qrcode } = await import('qrcode');
    const svg = await qrcode.toString(uri, { type: 'svg', margin: 1 });
    return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  }
}
