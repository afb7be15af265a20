import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { IntegrationCompletion } from './integration-completion.entity.js';

/** The id is that of the state, so a state is used once. A deleted user has no states. */
const INSERT = {
  name: 'integration_completions.insert',
  text: `INSERT INTO integration_completions (id, user_id, provider, completion_hash, sealed_code, code_expires_at, expires_at)
         SELECT $1, id, $3, $4, $5, $6, $7 FROM users WHERE id = $2
         ON CONFLICT (id) DO NOTHING RETURNING id`,
};

const CLAIM = {
  name: 'integration_completions.claim',
  text: `UPDATE integration_completions SET claimed_at = $4
         WHERE user_id = $1 AND provider = $2 AND completion_hash = ANY($3::bytea[]) AND claimed_at IS NULL
           AND sealed_code IS NOT NULL AND code_expires_at > $4
         RETURNING id, sealed_code`,
};

const RELEASE = {
  name: 'integration_completions.release',
  text: 'UPDATE integration_completions SET claimed_at = NULL WHERE id = $1 AND sealed_code IS NOT NULL',
};

const SPEND = {
  name: 'integration_completions.spend',
  text: 'UPDATE integration_completions SET sealed_code = NULL WHERE id = $1',
};

const BELONGS_TO_ANOTHER = {
  name: 'integration_completions.belongs_to_another',
  text: `SELECT id FROM integration_completions
         WHERE completion_hash = ANY($1::bytea[]) AND user_id <> $2 AND code_expires_at > $3`,
};

export interface ClaimedCompletion {
  id: string;
  sealed_code: Buffer;
}

/** Stores used states and the codes that came with them. */
@Injectable()
export class CompletionRepository extends RepositoryBase<IntegrationCompletion> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, IntegrationCompletion);
  }

  /** Returns false when the state was used before, or its user was deleted. */
  insert(completion: Omit<IntegrationCompletion, 'claimed_at'>): Promise<boolean> {
    const { id, user_id, provider, completion_hash, sealed_code, code_expires_at, expires_at } = completion;
    const values = [id, user_id, provider, completion_hash, sealed_code, code_expires_at, expires_at];
    return this.affectedOneRow(INSERT, values);
  }

  /** Returns the code of a completion of the user, to one caller only. */
  claim(
    userId: string,
    provider: string,
    hashes: Buffer[],
    now: Date,
  ): Promise<ClaimedCompletion | undefined> {
    return this.one<ClaimedCompletion>(CLAIM, [userId, provider, hashes, now]);
  }

  /** Makes a claimed completion usable again: its code has not reached the server that issued it. */
  async release(id: string): Promise<void> {
    await this.query(RELEASE, [id]);
  }

  /** Forgets the code. */
  async spend(id: string): Promise<void> {
    await this.query(SPEND, [id]);
  }

  belongsToAnother(userId: string, hashes: Buffer[], now: Date): Promise<boolean> {
    return this.affectedOneRow(BELONGS_TO_ANOTHER, [hashes, userId, now]);
  }
}
