import { Injectable } from '@nestjs/common';
import type { EmailCodePurpose } from '@/modules/auth/mail/email-code-purpose.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { EmailCode } from './email-code.entity.js';

const FIND_LATEST = {
  name: 'email_codes.latest',
  text: `SELECT * FROM email_codes
         WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL AND tries < $3 AND expires_at > $4
         ORDER BY id DESC LIMIT 1`,
};

/** Counts the try and consumes the code if it matches, in one statement: concurrent tries wait for the row lock. */
const CONSUME = {
  name: 'email_codes.try',
  text: `UPDATE email_codes SET tries = tries + 1, used_at = CASE WHEN code_hash = ANY($2::bytea[]) THEN $3::timestamptz END
         WHERE id = $1 AND used_at IS NULL AND tries < $4 AND expires_at > $3
         RETURNING used_at IS NOT NULL AS spent`,
};

/** Stores the codes that were sent by e-mail, as hashes. Every try is counted, and a code matches once. */
@Injectable()
export class EmailCodeRepository extends RepositoryBase<EmailCode> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, EmailCode);
  }

  async insert(code: EmailCode): Promise<void> {
    await this.rows.insert(code);
  }

  /** Serializes the sending of codes to one user. Returns false when the user was erased. */
  async lockUser(userId: string): Promise<boolean> {
    const text = 'SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE';
    return this.affectedOneRow({ name: 'email_codes.lock_owner', text }, [userId]);
  }

  /** Returns the newest unused code with tries left. */
  async findLatest(
    userId: string,
    purpose: EmailCodePurpose,
    maxTries: number,
    now: Date,
  ): Promise<EmailCode | undefined> {
    return this.one<EmailCode>(FIND_LATEST, [userId, purpose, maxTries, now]);
  }

  async deleteAll(userId: string): Promise<void> {
    await this.rows.delete({ user_id: userId });
  }

  /** Returns whether the code matched. */
  async consume(id: string, hashes: Buffer[], now: Date, maxTries: number): Promise<boolean> {
    const [result] = await this.query<{ spent: boolean }>(CONSUME, [id, hashes, now, maxTries]);
    return result?.spent ?? false;
  }
}
