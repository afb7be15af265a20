import { Injectable } from '@nestjs/common';
import type { CefrLevel } from '@/modules/xel/course/course.schema.js';
import type { AbilityEstimate } from '@/modules/xel/placement/ability.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import type { PlacementAnswer } from './placement-answer.entity.js';
import { Placement } from './placement.entity.js';

/** What an answer changes: the next item, or the result. */
export interface PlacementStep extends AbilityEstimate {
  nextItemId: string | null;
  result: { cefr: CefrLevel; low: CefrLevel; high: CefrLevel } | null;
}

const FIND_LATEST = {
  name: 'xel_placements.latest',
  text: 'SELECT p.* FROM xel_placements p WHERE p.user_id = $1 ORDER BY p.id DESC LIMIT 1',
};

const FIND_LATEST_RESULT = {
  name: 'xel_placements.latest_result',
  text: `SELECT p.* FROM xel_placements p WHERE p.user_id = $1 AND p.finished_at IS NOT NULL
    ORDER BY p.id DESC LIMIT 1`,
};

const FIND = {
  name: 'xel_placements.find',
  text: 'SELECT p.* FROM xel_placements p WHERE p.user_id = $1 AND p.id = $2',
};

/** A user who starts two tests at the same time has started one. */
const START = {
  name: 'xel_placements.start',
  text: `INSERT INTO xel_placements (id, user_id, current_item_id, answered, ability, standard_error, started_at)
    VALUES ($1, $2, $3, 0, $4, $5, $6)
    ON CONFLICT (user_id) WHERE finished_at IS NULL DO NOTHING RETURNING id`,
};

/** Of parallel answers to the current item one moves the test on. */
const MOVE_ON = {
  name: 'xel_placements.move_on',
  text: `UPDATE xel_placements SET answered = answered + 1, current_item_id = $4, ability = $5, standard_error = $6,
      cefr = $7, cefr_low = $8, cefr_high = $9, finished_at = CASE WHEN $4::text IS NULL THEN $10::timestamptz END
    WHERE user_id = $1 AND id = $2 AND current_item_id = $3 AND answered = $11 RETURNING *`,
};

const REPLACE_ITEM = {
  name: 'xel_placements.replace_item',
  text: `UPDATE xel_placements SET current_item_id = $4
    WHERE user_id = $1 AND id = $2 AND current_item_id = $3 RETURNING *`,
};

const INSERT_ANSWER = {
  name: 'xel_placement_answers.insert',
  text: `INSERT INTO xel_placement_answers (placement_id, position, item_id, item_version, response, correct, answered_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)`,
};

const LIST_ANSWERS = {
  name: 'xel_placement_answers.list',
  text: 'SELECT a.* FROM xel_placement_answers a WHERE a.placement_id = $1 ORDER BY a.position',
};

const LIST = {
  name: 'xel_placements.list',
  text: `SELECT p.* FROM xel_placements p WHERE p.user_id = $1 AND ($2::uuid IS NULL OR p.id < $2::uuid)
    ORDER BY p.id DESC LIMIT $3`,
};

/** Placement tests and their answers. */
@Injectable()
export class PlacementRepository extends RepositoryBase<Placement> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Placement);
  }

  findLatest(userId: string): Promise<Placement | undefined> {
    return this.one<Placement>(FIND_LATEST, [userId]);
  }

  /** Returns the last finished test. */
  findLatestResult(userId: string): Promise<Placement | undefined> {
    return this.one<Placement>(FIND_LATEST_RESULT, [userId]);
  }

  find(userId: string, id: string): Promise<Placement | undefined> {
    return this.one<Placement>(FIND, [userId, id]);
  }

  /** Returns false when the user has an open test. */
  start(
    { id, userId, itemId }: { id: string; userId: string; itemId: string },
    { ability, standardError }: AbilityEstimate,
    now: Date,
  ): Promise<boolean> {
    return this.affectedOneRow(START, [id, userId, itemId, ability, standardError, now]);
  }

  /** Returns undefined when the item is not the current one any more. */
  moveOn(
    { user_id, id, current_item_id, answered }: Placement,
    { nextItemId, ability, standardError, result }: PlacementStep,
    now: Date,
  ): Promise<Placement | undefined> {
    const cefr = [result?.cefr ?? null, result?.low ?? null, result?.high ?? null];
    const step = [nextItemId, ability, standardError, ...cefr, now];
    return this.one<Placement>(MOVE_ON, [user_id, id, current_item_id, ...step, answered]);
  }

  /** Replaces an item that the test does not have any more. */
  replaceItem({ user_id, id, current_item_id }: Placement, itemId: string): Promise<Placement | undefined> {
    return this.one<Placement>(REPLACE_ITEM, [user_id, id, current_item_id, itemId]);
  }

  async insertAnswer(answer: PlacementAnswer): Promise<void> {
    const { placement_id, position, item_id, item_version, response, correct, answered_at } = answer;
    const values = [placement_id, position, item_id, item_version, response, correct, answered_at];
    await this.query(INSERT_ANSWER, values);
  }

  listAnswers(placementId: string): Promise<PlacementAnswer[]> {
    return this.query<PlacementAnswer>(LIST_ANSWERS, [placementId]);
  }

  /** Returns tests for an export, newest first. */
  listPart(userId: string, after: string | null, take: number): Promise<Placement[]> {
    return this.query<Placement>(LIST, [userId, after, take]);
  }
}
