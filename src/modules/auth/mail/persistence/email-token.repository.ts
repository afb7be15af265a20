import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { type MailPurpose, MailToken } from './email-token.entity.js';

const SPEND = {
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

export type SpentToken = Pick<MailToken, 'user_id' | 'purpose' | 'email'>;

@Injectable()
export class MailTokenRepository extends RepositoryBase<MailToken> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, MailToken);
  }

  async insert(token: MailToken): Promise<void> {
    await this.rows.insert(token);
  }

  async revoke(userId: string, purposes: MailPurpose[]): Promise<void> {
    await this.rows.delete({ user_id: userId, purpose: In(purposes) });
  }

  /** Spends a token, for exactly one of many callers. */
  async spend(hashes: Buffer[], purposes: MailPurpose[], now: Date): Promise<SpentToken | undefined> {
    return (await this.query<SpentToken>(SPEND, [hashes, purposes, now]))[0];
  }

  async find(hashes: Buffer[], purposes: MailPurpose[], now: Date): Promise<SpentToken | undefined> {
    return (await this.query<SpentToken>(FIND, [hashes, purposes, now]))[0];
  }
}
