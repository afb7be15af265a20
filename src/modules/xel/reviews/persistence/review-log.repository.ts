import { Injectable } from '@nestjs/common';
import type { PageWindow } from '@/platform/pagination/index.js';
import { defineKeyset, keysetQuery, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { ReviewLogEntry } from './review-log-entry.entity.js';

const APPEND = {
  name: 'xel_review_log.append',
  text: `INSERT INTO xel_review_log (id, user_id, item_id, cause, rating, score, xp_awarded, learner_day, due_day, stability,
      difficulty, created_at)
    SELECT id, user_id, item_id, cause, rating, score, xp_awarded, learner_day, due_day, stability, difficulty, created_at
    FROM jsonb_populate_recordset(NULL::xel_review_log, $1::jsonb)`,
};

const LIST = defineKeyset(
  'xel_review_log.list',
  'l.id > $3::uuid',
  (
    after,
  ) => `SELECT l.id, l.item_id, l.cause, l.rating, l.score, l.xp_awarded, l.learner_day::text, l.due_day::text,
      l.stability, l.difficulty, l.created_at
    FROM xel_review_log l WHERE l.user_id = $1 ${after} ORDER BY l.id LIMIT $2`,
);

/** Appends to the log of reviews. There is no update. */
@Injectable()
export class ReviewLogRepository extends RepositoryBase<ReviewLogEntry> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, ReviewLogEntry);
  }

  async append(entries: readonly ReviewLogEntry[]): Promise<void> {
    await this.query(APPEND, [JSON.stringify(entries)]);
  }

  /** Returns the entries of a user, oldest first. */
  list(userId: string, window: PageWindow<string>): Promise<Omit<ReviewLogEntry, 'user_id'>[]> {
    return this.query(...keysetQuery(LIST, [userId], window));
  }
}
