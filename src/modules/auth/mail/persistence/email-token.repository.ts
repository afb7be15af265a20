import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { type EmailTokenPurpose, EmailToken } from './email-token.entity.js';

const CONSUME = {
  name: 'mail_tokens.spend',
  text: `DELETE FROM mail_tokens t USING users u
         WHERE t.token_hash = ANY($1::bytea[]) AND t.purpose = ANY($2) AND t.expires_at > $3
           AND u.id = t.user_id AND u.is_active
         RETURNING t.user_id, t.purpose, t.email`,
};

const FIND = {
  name: 'mail_tokens.find',
  text: `SELECT user_id, purpose, email FROM mail_tokens
         WHERE token_hash = ANY($1::bytea[]) AND purpose = ANY($2) AND expires_at > $3`,
};

export type EmailTokenDetails = Pick<EmailToken, 'user_id' | 'purpose' | 'email'>;

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
