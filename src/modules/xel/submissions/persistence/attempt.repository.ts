import { Injectable } from '@nestjs/common';
import type { PageWindow } from '@/platform/pagination/index.js';
import { defineKeyset, keysetQuery, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { Attempt } from './attempt.entity.js';

const INSERT = {
  name: 'xel_attempts.insert',
  text: `INSERT INTO xel_attempts (id, user_id, organization_id, module_id, task_id, task_version, response, evaluation_id,
      score, passed, scored, assisted, xp_awarded, time_spent_seconds, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11, $12, $13, $14, $15)`,
};

const LIST = defineKeyset(
  'xel_attempts.list',
  'a.id < $3::uuid',
  (after) => `SELECT a.* FROM xel_attempts a WHERE a.user_id = $1 ${after} ORDER BY a.id DESC LIMIT $2`,
);

const FIND_OF_EVALUATION = {
  name: 'xel_attempts.of_evaluation',
  text: 'SELECT a.* FROM xel_attempts a WHERE a.user_id = $1 AND a.evaluation_id = $2',
};

/** Responses of learners. There is no update. */
@Injectable()
export class AttemptRepository extends RepositoryBase<Attempt> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Attempt);
  }

  async insert(attempt: Attempt): Promise<void> {
    await this.query(INSERT, [
      attempt.id,
      attempt.user_id,
      attempt.organization_id,
      attempt.module_id,
      attempt.task_id,
      attempt.task_version,
      attempt.response === null ? null : JSON.stringify(attempt.response),
      attempt.evaluation_id,
      attempt.score,
      attempt.passed,
      attempt.scored,
      attempt.assisted,
      attempt.xp_awarded,
      attempt.time_spent_seconds,
      attempt.created_at,
    ]);
  }

  /** Returns attempts of a user, newest first. */
  list(userId: string, window: PageWindow<string>): Promise<Attempt[]> {
    return this.query<Attempt>(...keysetQuery(LIST, [userId], window));
  }

  /** Returns the attempt that an evaluation was credited to. */
  findOfEvaluation(userId: string, evaluationId: string): Promise<Attempt | undefined> {
    return this.one<Attempt>(FIND_OF_EVALUATION, [userId, evaluationId]);
  }
}
