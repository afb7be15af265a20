import { Injectable } from '@nestjs/common';
import type { SealedRow } from '@/platform/crypto/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { BackupCode } from './backup-code.entity.js';
import { SecondFactor } from './second-factor.entity.js';

const ENABLE = {
  name: 'second_factors.enable',
  text: `INSERT INTO second_factors (user_id, method, secret, last_step, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (user_id) DO NOTHING RETURNING user_id`,
};

const REPLACE = {
  name: 'second_factors.replace',
  text: `INSERT INTO second_factors (user_id, method, secret, last_step, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (user_id) DO UPDATE SET method = excluded.method, secret = excluded.secret,
           last_step = excluded.last_step, created_at = excluded.created_at
         RETURNING user_id`,
};

const CONSUME_TIME_STEP = {
  name: 'second_factors.spend_step',
  text: `UPDATE second_factors SET last_step = $2
         WHERE user_id = $1 AND method = 'totp' AND (last_step IS NULL OR last_step < $2) RETURNING user_id`,
};

const CONSUME_BACKUP_CODE = {
  name: 'backup_codes.spend',
  text: `UPDATE backup_codes SET used_at = $3
         WHERE user_id = $1 AND code_hash = ANY($2::bytea[]) AND used_at IS NULL RETURNING user_id`,
};

const LIST_SEALED_SECRETS = {
  name: 'second_factors.sealed',
  text: `SELECT user_id AS id, secret AS sealed FROM second_factors
         WHERE secret IS NOT NULL AND ($1::uuid IS NULL OR user_id > $1) ORDER BY user_id LIMIT $2`,
};

const REPLACE_SEALED_SECRET = {
  name: 'second_factors.reseal',
  text: 'UPDATE second_factors SET secret = $3 WHERE user_id = $1 AND secret = $2 RETURNING user_id',
};

/** Stores the enabled second factor of each user and its backup codes. A time step and a backup code are consumed once. */
@Injectable()
export class SecondFactorRepository extends RepositoryBase<SecondFactor> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, SecondFactor);
  }

  find(userId: string): Promise<SecondFactor | null> {
    return this.rows.findOneBy({ user_id: userId });
  }

  /** Returns false if the user has a factor already. */
  enable({ user_id, method, secret, last_step, created_at }: SecondFactor): Promise<boolean> {
    return this.affectedOneRow(ENABLE, [user_id, method, secret, last_step, created_at]);
  }

  replace({ user_id, method, secret, last_step, created_at }: SecondFactor): Promise<boolean> {
    return this.affectedOneRow(REPLACE, [user_id, method, secret, last_step, created_at]);
  }

  /** Returns a page of encrypted secrets in the order of user ids. */
  listSealedSecrets(after: string | null, limit: number): Promise<SealedRow[]> {
    return this.query(LIST_SEALED_SECRETS, [after, limit]);
  }

  replaceSealedSecret(userId: string, from: Buffer, to: Buffer): Promise<boolean> {
    return this.affectedOneRow(REPLACE_SEALED_SECRET, [userId, from, to]);
  }

  /** Returns false if this or a later time step was used before. */
  consumeTimeStep(userId: string, timeStep: number): Promise<boolean> {
    return this.affectedOneRow(CONSUME_TIME_STEP, [userId, timeStep]);
  }

  consumeBackupCode(userId: string, hashes: Buffer[], now: Date): Promise<boolean> {
    return this.affectedOneRow(CONSUME_BACKUP_CODE, [userId, hashes, now]);
  }

  async disable(userId: string): Promise<boolean> {
    await this.unitOfWork.manager.getRepository(BackupCode).delete({ user_id: userId });
    return ((await this.rows.delete({ user_id: userId })).affected ?? 0) > 0;
  }

  async replaceBackupCodes(userId: string, hashes: Buffer[], now: Date): Promise<void> {
    const codes = this.unitOfWork.manager.getRepository(BackupCode);
    await codes.delete({ user_id: userId });
    await codes.insert(
      hashes.map((code_hash) => ({ user_id: userId, code_hash, used_at: null, created_at: now })),
    );
  }
}
