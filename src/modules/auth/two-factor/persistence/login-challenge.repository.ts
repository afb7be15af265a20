import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { type ChallengePurpose, LoginChallenge } from './login-challenge.entity.js';

const FIND_ACTIVE = {
  name: 'login_challenges.live',
  text: `SELECT c.* FROM login_challenges c JOIN users u ON u.id = c.user_id AND u.is_active
         WHERE c.id = $1 AND c.purpose = $2 AND c.ended_at IS NULL AND c.expires_at > $3`,
};

const END = {
  name: 'login_challenges.end',
  text: `UPDATE login_challenges SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL AND expires_at > $2 RETURNING id`,
};

const RESEND = {
  name: 'login_challenges.resend',
  text: `UPDATE login_challenges c SET resends = resends + 1, email_code_id = $2
         WHERE c.id = $1 AND c.ended_at IS NULL AND c.expires_at > $3 AND c.resends < $4
           AND c.email_code_id IS NOT DISTINCT FROM $5::uuid
         RETURNING c.id`,
};

/** Stores log-ins whose password was correct and that wait for a second step. Ends each of them once. */
@Injectable()
export class LoginChallengeRepository extends RepositoryBase<LoginChallenge> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, LoginChallenge);
  }

  async insert(challenge: LoginChallenge): Promise<void> {
    await this.rows.insert(challenge);
  }

  async findActive(id: string, purpose: ChallengePurpose, now: Date): Promise<LoginChallenge | undefined> {
    return this.one<LoginChallenge>(FIND_ACTIVE, [id, purpose, now]);
  }

  /** Returns true for exactly one of concurrent calls. */
  end(id: string, now: Date): Promise<boolean> {
    return this.affectedOneRow(END, [id, now]);
  }

  async endAll(userId: string, now: Date): Promise<void> {
    const text = 'UPDATE login_challenges SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL';
    await this.query({ name: 'login_challenges.end_all', text }, [userId, now]);
  }

  /** Replaces the code that the caller read. False if no resends are left or a concurrent call replaced it first. */
  resend(
    { id, email_code_id: previousCodeId }: LoginChallenge,
    codeId: string,
    now: Date,
    max: number,
  ): Promise<boolean> {
    return this.affectedOneRow(RESEND, [id, codeId, now, max, previousCodeId]);
  }
}
