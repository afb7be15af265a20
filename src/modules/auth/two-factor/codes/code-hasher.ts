import { Injectable } from '@nestjs/common';
import { KeyedHash, SecretBox } from '@/platform/crypto/index.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { Log } from '@/platform/logging/index.js';
import { BACKUP_CODES } from './code.rules.js';

const MAILED = 'email-code';
const BACKUP = 'backup-code';
export const SECRET = 'totp-secret';

/** Makes codes and says how they are kept: hashed under a key and bound to their row, or sealed to their owner. */
@Injectable()
export class CodeSecrets {
  constructor(
    private readonly entropy: Entropy,
    private readonly hash: KeyedHash,
    private readonly box: SecretBox,
    private readonly log: Log,
  ) {}

  mailedCode(): string {
    return this.entropy.digits(6);
  }

  mailedHash(rowId: string, code: string): Buffer {
    return this.hash.of(MAILED, rowId, code);
  }

  mailedHashes(rowId: string, code: string): Buffer[] {
    return this.hash.candidates(MAILED, rowId, code);
  }

  /** A new set of backup codes, 80 bits each, with their hashes. */
  backupCodes(userId: string): { plain: string[]; hashes: Buffer[] } {
    const plain = Array.from({ length: BACKUP_CODES }, () => this.entropy.base32(16));
    return { plain, hashes: plain.map((code) => this.hash.of(BACKUP, userId, code)) };
  }

  backupHashes(userId: string, code: string): Buffer[] {
    return this.hash.candidates(BACKUP, userId, code);
  }

  sealSecret(userId: string, secret: string): Buffer {
    return this.box.seal(SECRET, secret, userId);
  }

  /** Null, and a line in the log, when no known root key opens it: then no code of it is right. */
  openSecret(userId: string, sealed: Buffer): string | null {
    try {
      return this.box.open(SECRET, sealed, userId);
    } catch (error) {
      this.log.error('auth.totp_secret_unreadable', error, { user_id: userId });
      return null;
    }
  }
}
