import { Injectable } from '@nestjs/common';
import { forOwner, type Owner, ownerParameters, scopeToOwner } from '@/modules/organizations/index.js';
import type { Schedule } from '@/modules/xel/reviews/schedule.rules.js';
import type { PageWindow, TimeCursor } from '@/platform/pagination/index.js';
import { defineKeyset, keysetQuery, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { ReviewItem } from './review-item.entity.js';
import type { ReviewOccurrence } from './review-occurrence.entity.js';

/** An item with its latest occurrence; null for a task. */
export interface ReviewItemRow extends ReviewItem {
  occurrence: ReviewOccurrence | null;
}

/** What of a learner's items is due. */
export interface DueCounts {
  due_count: number;
  total: number;
  next_due_day: string | null;
}

/** Which items a caller gets: those of the tasks that this server offers, on this learner-day. */
export interface ReviewScope {
  owner: Owner;
  today: string;
  taskIds: readonly string[];
}

const COLUMNS = `i.id, i.owner_id, i.organization_id, i.kind, i.subject, i.task_id, i.rule_id, i.errors, i.reviews, i.stability,
  i.difficulty, i.reps, i.lapses, i.last_day::text, i.due_day::text, i.created_at`;

const LATEST_OCCURRENCE = `LEFT JOIN LATERAL (
    SELECT to_jsonb(o) AS occurrence FROM xel_review_occurrences o
    WHERE o.item_id = i.id ORDER BY o.evaluation_id DESC LIMIT 1) latest ON true`;

/** A task is progress, so keys reach it too; errors belong to evaluations, of which keys reach those of their organization. */
const visible = (ownerFilter: string, taskIds: string): string =>
  `i.owner_id = $1 AND ((i.kind = 'task' AND i.task_id = ANY(${taskIds}::text[]))
    OR (i.kind = 'correction' AND ${ownerFilter}))`;

const listText = (ownerFilter: string, after: string): string => `SELECT ${COLUMNS}, latest.occurrence
  FROM xel_review_items i ${LATEST_OCCURRENCE}
  WHERE ${visible(ownerFilter, '$4')} AND i.due_day <= $3::date AND (i.kind = 'task' OR latest.occurrence IS NOT NULL) ${after}
  ORDER BY i.due_day, i.id LIMIT $5`;

const AFTER = `(i.due_day, i.id) > (($6::timestamptz AT TIME ZONE 'UTC')::date, $7::uuid)`;
const LIST = scopeToOwner('xel_review_items.list', 'i', (ownerFilter) => ownerFilter);
const LISTS = {
  session: defineKeyset(LIST.session.name, AFTER, (after) => listText(LIST.session.text, after)),
  key: defineKeyset(LIST.key.name, AFTER, (after) => listText(LIST.key.text, after)),
};

const COUNT = scopeToOwner(
  'xel_review_items.count',
  'i',
  (
    ownerFilter,
  ) => `SELECT count(*) FILTER (WHERE i.due_day <= $3::date)::int AS due_count, count(*)::int AS total,
      (min(i.due_day) FILTER (WHERE i.due_day > $3::date))::text AS next_due_day
    FROM xel_review_items i
    WHERE ${visible(ownerFilter, '$4')}
      AND (i.kind = 'task' OR EXISTS (SELECT FROM xel_review_occurrences o WHERE o.item_id = i.id))`,
);

const FIND = scopeToOwner(
  'xel_review_items.find',
  'i',
  (ownerFilter) => `SELECT ${COLUMNS}, latest.occurrence FROM xel_review_items i ${LATEST_OCCURRENCE}
    WHERE i.id = $3 AND ${visible(ownerFilter, '$4')} AND (i.kind = 'task' OR latest.occurrence IS NOT NULL)`,
);

/** Of parallel reviews of an item one moves it on. */
const MOVE_ON = {
  name: 'xel_review_items.move_on',
  text: `UPDATE xel_review_items SET reviews = reviews + 1, stability = $3, difficulty = $4, reps = $5, lapses = $6,
      last_day = $7::date, due_day = $8::date
    WHERE owner_id = $1 AND id = $2 AND reviews = $9 AND due_day <= $7::date RETURNING id`,
};

const LIST_ALL = defineKeyset(
  'xel_review_items.list_all',
  'i.id > $3::uuid',
  (after) => `SELECT ${COLUMNS}, (
      SELECT jsonb_agg(to_jsonb(o) - 'item_id' ORDER BY o.evaluation_id) FROM xel_review_occurrences o WHERE o.item_id = i.id
    ) AS occurrences FROM xel_review_items i WHERE i.owner_id = $1 ${after} ORDER BY i.id LIMIT $2`,
);

/** Reads the items of a learner, and moves them on. */
@Injectable()
export class ReviewItemRepository extends RepositoryBase<ReviewItem> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, ReviewItem);
  }

  /** Returns items that are due, those that are due for longest first. */
  list({ owner, today, taskIds }: ReviewScope, window: PageWindow<TimeCursor>): Promise<ReviewItemRow[]> {
    const keyset = owner.organizationId === null ? LISTS.session : LISTS.key;
    const values = [...ownerParameters(owner), today, taskIds];
    return this.query<ReviewItemRow>(...keysetQuery(keyset, values, window, ({ at, id }) => [at, id]));
  }

  async count({ owner, today, taskIds }: ReviewScope): Promise<DueCounts> {
    const found = await this.one<DueCounts>(forOwner(COUNT, owner), [
      ...ownerParameters(owner),
      today,
      taskIds,
    ]);
    return found ?? { due_count: 0, total: 0, next_due_day: null };
  }

  find(owner: Owner, id: string, taskIds: readonly string[]): Promise<ReviewItemRow | undefined> {
    return this.one<ReviewItemRow>(forOwner(FIND, owner), [...ownerParameters(owner), id, taskIds]);
  }

  /** Stores the schedule after a review. Returns false when the item has been reviewed or is not due. */
  moveOn({ owner_id, id, reviews }: ReviewItem, next: Schedule): Promise<boolean> {
    const { stability, difficulty, reps, lapses, last_day, due_day } = next;
    const values = [owner_id, id, stability, difficulty, reps, lapses, last_day, due_day, reviews];
    return this.affectedOneRow(MOVE_ON, values);
  }

  /** Returns all items with all their occurrences, for an export. */
  listAll(
    userId: string,
    window: PageWindow<string>,
  ): Promise<(ReviewItem & { occurrences: object[] | null })[]> {
    return this.query(...keysetQuery(LIST_ALL, [userId], window));
  }
}
