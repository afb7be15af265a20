import { Injectable } from '@nestjs/common';
import { In, MoreThan, Not } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { type EmailTokenPurpose, EmailToken } from './email-token.entity.js';

const CONSUME = {
  name: 'mail_tokens.spend',
  text: `DELETE FROM mail_tokens t USING users u
         WHERE t.token_hash = ANY($1::bytea[]) AND t.purpose = ANY($2) AND t.expires_at > $3
           AND u.id = t.user_id AND u.is_active
         RETURNING t.id, t.user_id, t.purpose, t.email, t.email_verified_at`,
};

const FIND = {
  name: 'mail_tokens.find',
  text: `SELECT id, user_id, purpose, email, email_verified_at FROM mail_tokens
         WHERE token_hash = ANY($1::bytea[]) AND purpose = ANY($2) AND expires_at > $3`,
};

export type EmailTokenDetails = Pick<
  EmailToken,
  'id' | 'user_id' | 'purpose' | 'email' | 'email_verified_at'
>;

@Injectable()
export class EmailTokenRepository extends RepositoryBase<EmailToken> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, EmailToken);
  }

  async insert(token: EmailToken): Promise<void> {
    await this.rows.insert(token);
  }

  async revoke(userId: string, purposes: EmailTokenPurpose[]): Promise<void> {
    await this.rows.delete({ user_id: userId, purpose: In(purposes) });
  }

  async revokeAllExcept(userId: string, purpose: EmailTokenPurpose): Promise<void> {
    await this.rows.delete({ user_id: userId, purpose: Not(purpose) });
  }

  /** Deletes the tokens of a purpose that are newer than the token `id`. */
  async revokeNewer(userId: string, purpose: EmailTokenPurpose, id: string): Promise<void> {
    await this.rows.delete({ user_id: userId, purpose, id: MoreThan(id) });
  }

  /** Deletes a token and returns it; of concurrent calls exactly one gets it. Tokens of closed accounts stay. */
  async consume(
    hashes: Buffer[],
    purposes: EmailTokenPurpose[],
    now: Date,
  ): Promise<EmailTokenDetails | undefined> {
    return this.one<EmailTokenDetails>(CONSUME, [hashes, purposes, now]);
  }

  async find(
    hashes: Buffer[],
    purposes: EmailTokenPurpose[],
    now: Date,
  ): Promise<EmailTokenDetails | undefined> {
    return this.one<EmailTokenDetails>(FIND, [hashes, purposes, now]);
  }
}
