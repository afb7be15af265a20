import { Injectable } from '@nestjs/common';
import {
  forOwner,
  type Owner,
  ownerParameters,
  type OwnerScopedStatement,
  scopeToOwner,
} from '@/modules/organizations/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import {
  defineKeyset,
  type Keyset,
  keysetQuery,
  mapConstraintErrors,
  RepositoryBase,
  UnitOfWork,
} from '@/platform/persistence/index.js';
import { Evaluation, type StoredResult } from './evaluation.entity.js';
import type { ReviewRequest } from './review-request.entity.js';

/** An evaluation with its latest request for a review; null without one. */
export interface EvaluationRow extends Evaluation {
  review: ReviewRequest | null;
}

export type EvaluationSummaryRow = Pick<
  EvaluationRow,
  'id' | 'skill' | 'status' | 'task_id' | 'overall_score' | 'cefr' | 'created_at' | 'finished_at' | 'review'
>;

/** The decided review counts, else the open one. */
const REVIEW = `(SELECT to_jsonb(r) FROM xel_review_requests r WHERE r.evaluation_id = e.id
  ORDER BY r.decided_at DESC NULLS LAST LIMIT 1) AS review`;

const FIND = scopeToOwner(
  'xel_evaluations.find',
  'e',
  (ownerFilter) => `SELECT e.*, ${REVIEW} FROM xel_evaluations e WHERE e.id = $3 AND ${ownerFilter}`,
);

const DELETE = scopeToOwner(
  'xel_evaluations.delete',
  'e',
  (ownerFilter) => `DELETE FROM xel_evaluations e WHERE e.id = $3 AND ${ownerFilter} RETURNING e.id`,
);

function listStatement(owned: OwnerScopedStatement, form: 'session' | 'key'): Keyset {
  const { name, text } = owned[form];
  return defineKeyset(name, 'e.id < $4::uuid', (after) => text.replace('/* after */', after));
}

const LIST = scopeToOwner(
  'xel_evaluations.list',
  'e',
  (
    ownerFilter,
  ) => `SELECT e.id, e.skill, e.status, e.task_id, e.overall_score, e.cefr, e.created_at, e.finished_at, ${REVIEW}
    FROM xel_evaluations e WHERE ${ownerFilter} /* after */ ORDER BY e.id DESC LIMIT $3`,
);
const LIST_WHOLE = scopeToOwner(
  'xel_evaluations.list_whole',
  'e',
  (ownerFilter) =>
    `SELECT e.*, ${REVIEW} FROM xel_evaluations e WHERE ${ownerFilter} /* after */ ORDER BY e.id DESC LIMIT $3`,
);
const WHOLE_LIST = listStatement(LIST_WHOLE, 'session');
const LISTS = { session: listStatement(LIST, 'session'), key: listStatement(LIST, 'key') };

const COLUMNS = [
  'id',
  'owner_id',
  'organization_id',
  'skill',
  'text',
  'prompt',
  'task_id',
  'min_words',
  'words',
  'feedback_language',
  'previous_evaluation_id',
  'is_submission',
  'time_spent_seconds',
  'created_at',
] as const;

export type NewEvaluation = Pick<Evaluation, (typeof COLUMNS)[number]>;

const INSERT = {
  name: 'xel_evaluations.insert',
  text: `INSERT INTO xel_evaluations (${COLUMNS.join(', ')}, status)
    VALUES (${COLUMNS.map((_, index) => `$${index + 1}`).join(', ')}, 'queued') RETURNING *`,
};

/** Takes an evaluation that is not finished; a process that died has left it running. */
const CLAIM = {
  name: 'xel_evaluations.claim',
  text: `UPDATE xel_evaluations SET status = 'running' WHERE id = $1 AND status IN ('queued', 'running') RETURNING *`,
};

const FIND_RESULT = {
  name: 'xel_evaluations.find_result',
  text: 'SELECT result FROM xel_evaluations WHERE id = $1 AND owner_id = $2',
};

const FINISH = {
  name: 'xel_evaluations.finish',
  text: `UPDATE xel_evaluations SET status = $2, result = $3, overall_score = $4, cefr = $5, finished_at = $6
    WHERE id = $1 AND status = 'running' RETURNING id`,
};

const FAIL = {
  name: 'xel_evaluations.fail',
  text: `UPDATE xel_evaluations SET status = 'failed', finished_at = $2
    WHERE id = $1 AND status IN ('queued', 'running') RETURNING id`,
};

const FAIL_ABANDONED = {
  name: 'xel_evaluations.fail_abandoned',
  text: `UPDATE xel_evaluations SET status = 'failed', finished_at = $1
    WHERE status IN ('queued', 'running') AND created_at <= $2`,
};

/** Stores evaluations. Methods with an owner find only rows of this owner. */
@Injectable()
export class EvaluationRepository extends RepositoryBase<Evaluation> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Evaluation);
  }

  find(owner: Owner, id: string): Promise<EvaluationRow | undefined> {
    return this.one<EvaluationRow>(forOwner(FIND, owner), [...ownerParameters(owner), id]);
  }

  /** Returns evaluations without their texts, newest first. */
  list(owner: Owner, window: PageWindow<string>): Promise<EvaluationSummaryRow[]> {
    const keyset = owner.organizationId === null ? LISTS.session : LISTS.key;
    return this.query<EvaluationSummaryRow>(...keysetQuery(keyset, ownerParameters(owner), window));
  }

  /** Returns whole evaluations of a session for an export, newest first. */
  listWhole(owner: Owner, window: PageWindow<string>): Promise<EvaluationRow[]> {
    return this.query<EvaluationRow>(...keysetQuery(WHOLE_LIST, ownerParameters(owner), window));
  }

  async insert(row: NewEvaluation): Promise<Evaluation> {
    const values = COLUMNS.map((column) =>
      column === 'words' && row.words ? JSON.stringify(row.words) : row[column],
    );
    const errors = {
      xel_evaluations_owner_id_fkey: platformErrors.token_invalid,
      xel_evaluations_organization_id_fkey: platformErrors.token_invalid,
    };
    return mapConstraintErrors(
      errors,
      async () => (await this.one<Evaluation>(INSERT, values)) as Evaluation,
    );
  }

  delete(owner: Owner, id: string): Promise<boolean> {
    return this.affectedOneRow(forOwner(DELETE, owner), [...ownerParameters(owner), id]);
  }

  /** Returns the result of an evaluation of the user, or undefined when it is not finished or was deleted. */
  async findResult(ownerId: string, id: string): Promise<StoredResult | undefined> {
    return (await this.one<Pick<Evaluation, 'result'>>(FIND_RESULT, [id, ownerId]))?.result ?? undefined;
  }

  /** Returns the evaluation to run, or undefined when it is finished or deleted. */
  claim(id: string): Promise<Evaluation | undefined> {
    return this.one<Evaluation>(CLAIM, [id]);
  }

  /** Stores the result. Returns false when another run has finished it, or when it was deleted. */
  finish(id: string, result: StoredResult, now: Date): Promise<boolean> {
    const done = result.status === 'done' ? result : undefined;
    const values = [
      id,
      result.status,
      JSON.stringify(result),
      done?.overallScore ?? null,
      done?.cefr ?? null,
      now,
    ];
    return this.affectedOneRow(FINISH, values);
  }

  fail(id: string, now: Date): Promise<boolean> {
    return this.affectedOneRow(FAIL, [id, now]);
  }

  /** Ends evaluations of before `before`, whose jobs are gone. */
  async failAbandoned(now: Date, before: Date): Promise<void> {
    await this.query(FAIL_ABANDONED, [now, before]);
  }
}
