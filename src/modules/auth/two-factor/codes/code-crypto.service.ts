import { Injectable } from '@nestjs/common';
import { KeyedHash, SecretBox } from '@/platform/crypto/index.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { Log } from '@/platform/logging/index.js';
import { BACKUP_CODE_COUNT } from './code.rules.js';

const EMAIL_CODE_HASH = 'email-code';
const BACKUP_CODE_HASH = 'backup-code';
export const TOTP_SECRET = 'totp-secret';

/** Creates codes and protects stored ones: keyed hashes bound to the row or user, and encryption of TOTP secrets. */
@Injectable()
export class CodeCryptoService {
  constructor(
    private readonly entropy: Entropy,
    private readonly hash: KeyedHash,
    private readonly secretBox: SecretBox,
    private readonly log: Log,
  ) {}

  createEmailCode(): string {
    return this.entropy.digits(6);
  }

  hashEmailCode(rowId: string, code: string): Buffer {
    return this.hash.currentHash(EMAIL_CODE_HASH, rowId, code);
  }

  allEmailCodeHashes(rowId: string, code: string): Buffer[] {
    return this.hash.allHashes(EMAIL_CODE_HASH, rowId, code);
  }

  /** Returns new backup codes of 80 bits each, with their hashes in the same order. */
  createBackupCodes(userId: string): { plain: string[]; hashes: Buffer[] } {
    const plain = Array.from({ length: BACKUP_CODE_COUNT }, () => this.entropy.base32(16));
    return { plain, hashes: plain.map((code) => this.hash.currentHash(BACKUP_CODE_HASH, userId, code)) };
  }

  allBackupCodeHashes(userId: string, code: string): Buffer[] {
    return this.hash.allHashes(BACKUP_CODE_HASH, userId, code);
  }

  sealTotpSecret(userId: string, secret: string): Buffer {
    return this.secretBox.seal(TOTP_SECRET, secret, userId);
  }

  /** Returns null and logs an error if no known root key opens the secret: then no code is correct. */
  openTotpSecret(userId: string, sealed: Buffer): string | null {
    try {
      return this.secretBox.open(TOTP_SECRET, sealed, userId);
    } catch (error) {
      this.log.error('auth.totp_secret_unreadable', error, { user_id: userId });
      return null;
    }
  }
}
