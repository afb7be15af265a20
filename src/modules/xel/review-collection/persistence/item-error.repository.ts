import { Injectable } from '@nestjs/common';
import { ReviewItem } from '@/modules/xel/reviews/persistence/review-item.entity.js';
import type { ReviewOccurrence } from '@/modules/xel/reviews/persistence/review-occurrence.entity.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';

/** Occurrences of an item that are kept: those of the latest evaluations. */
const KEPT_OCCURRENCES = 3;

const FIND = {
  name: 'xel_review_items.of_subjects',
  text: `SELECT i.id, i.owner_id, i.organization_id, i.kind, i.subject, i.task_id, i.rule_id, i.errors, i.reviews, i.stability,
      i.difficulty, i.reps, i.lapses, i.last_day::text, i.due_day::text, i.created_at
    FROM xel_review_items i
    WHERE i.owner_id = $1 AND i.organization_id IS NOT DISTINCT FROM $2::uuid AND i.subject = ANY($3::text[])`,
};

const SAVE = {
  name: 'xel_review_items.save',
  text: `INSERT INTO xel_review_items (id, owner_id, organization_id, kind, subject, task_id, rule_id, errors, reviews,
      stability, difficulty, reps, lapses, last_day, due_day, created_at)
    SELECT id, owner_id, organization_id, kind, subject, task_id, rule_id, errors, reviews,
      stability, difficulty, reps, lapses, last_day, due_day, created_at
    FROM jsonb_populate_recordset(NULL::xel_review_items, $1::jsonb)
    ON CONFLICT (id) DO UPDATE SET errors = excluded.errors, stability = excluded.stability,
      difficulty = excluded.difficulty, reps = excluded.reps, lapses = excluded.lapses, last_day = excluded.last_day,
      due_day = excluded.due_day`,
};

const SAVE_OCCURRENCES = {
  name: 'xel_review_occurrences.save',
  text: `INSERT INTO xel_review_occurrences
    SELECT * FROM jsonb_populate_recordset(NULL::xel_review_occurrences, $1::jsonb)
    ON CONFLICT (item_id, evaluation_id) DO NOTHING`,
};

const DELETE_OLD_OCCURRENCES = {
  name: 'xel_review_occurrences.delete_old',
  text: `DELETE FROM xel_review_occurrences o WHERE o.item_id = ANY($1::uuid[]) AND o.evaluation_id NOT IN (
      SELECT k.evaluation_id FROM xel_review_occurrences k WHERE k.item_id = o.item_id
      ORDER BY k.evaluation_id DESC LIMIT ${KEPT_OCCURRENCES})`,
};

/** The items that are due last are known best. */
const DELETE_SURPLUS = {
  name: 'xel_review_items.delete_surplus',
  text: `DELETE FROM xel_review_items WHERE owner_id = $1 AND id IN (
      SELECT i.id FROM xel_review_items i WHERE i.owner_id = $1 ORDER BY i.due_day, i.id OFFSET $2)`,
};

/** Stores the errors of learners as items. The caller has locked the learner. */
@Injectable()
export class ItemErrorRepository extends RepositoryBase<ReviewItem> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, ReviewItem);
  }

  find(
    { owner_id, organization_id }: Pick<ReviewItem, 'owner_id' | 'organization_id'>,
    subjects: readonly string[],
  ): Promise<ReviewItem[]> {
    return this.query<ReviewItem>(FIND, [owner_id, organization_id, subjects]);
  }

  /** Inserts new items, and stores the schedules of others. */
  async save(items: readonly ReviewItem[]): Promise<void> {
    await this.query(SAVE, [JSON.stringify(items)]);
  }

  async saveOccurrences(occurrences: readonly ReviewOccurrence[]): Promise<void> {
    await this.query(SAVE_OCCURRENCES, [JSON.stringify(occurrences)]);
    await this.query(DELETE_OLD_OCCURRENCES, [occurrences.map(({ item_id }) => item_id)]);
  }

  /** Deletes the items of a learner beyond `limit`: those that are due last. */
  async deleteSurplus(ownerId: string, limit: number): Promise<void> {
    await this.query(DELETE_SURPLUS, [ownerId, limit]);
  }
}
