import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { PendingFactor } from './pending-factor.entity.js';

const CONSUME = {
  name: 'pending_factors.take',
  text: `DELETE FROM pending_factors
         WHERE holder_id = $1 AND user_id = $2 AND expires_at > $3
           AND secret IS NOT DISTINCT FROM $4 AND email_code_id IS NOT DISTINCT FROM $5::uuid
         RETURNING holder_id`,
};

/** Stores second factors that wait for confirmation: at most one for each session or login challenge. */
@Injectable()
export class PendingFactorRepository extends RepositoryBase<PendingFactor> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, PendingFactor);
  }

  /** Stores the pending factor of a holder, in place of an earlier one. */
  async save(pending: PendingFactor): Promise<void> {
    await this.rows.upsert(pending, ['holder_id']);
  }

  async setEmailCode(holderId: string, codeId: string): Promise<void> {
    await this.rows.update({ holder_id: holderId, method: 'email' }, { email_code_id: codeId });
  }

  find(holderId: string): Promise<PendingFactor | null> {
    return this.rows.findOneBy({ holder_id: holderId });
  }

  /** Deletes the pending factor unless it was replaced; returns true for exactly one of concurrent calls. */
  consume({ holder_id, user_id, secret, email_code_id }: PendingFactor, now: Date): Promise<boolean> {
    return this.affectedOneRow(CONSUME, [holder_id, user_id, now, secret, email_code_id]);
  }
}
