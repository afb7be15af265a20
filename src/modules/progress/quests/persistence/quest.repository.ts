import { Injectable } from '@nestjs/common';
import { SESSION_TYPES } from '@/modules/progress/ledger/learning-event.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import type { DayProgress } from '../quest.rules.js';
import { DailyQuests } from './daily-quests.entity.js';

export interface QuestDay extends DayProgress {
  quest_ids: string[];
  /** Sources of completed quests. */
  completed: string[];
}

const INSERT = {
  name: 'daily_quests.insert',
  text: 'INSERT INTO daily_quests (user_id, day, quest_ids) VALUES ($1, $2::date, $3) ON CONFLICT (user_id, day) DO NOTHING',
};

const FIND_DAY = {
  name: 'daily_quests.find_day',
  text: `SELECT q.quest_ids, e.*, s.minutes
    FROM daily_quests q,
    LATERAL (
      SELECT (count(DISTINCT e.subject_id) FILTER (WHERE e.type = 'task.completed'))::int AS tasks,
        (count(DISTINCT e.subject_id) FILTER (WHERE e.type = 'task.completed'
          AND coalesce(e.data->>'first_right_try', '') = '1'))::int AS first_tries,
        (count(*) FILTER (WHERE e.type = 'review.done'))::int AS reviews,
        (count(*) FILTER (WHERE e.type = ANY($3::text[])))::int AS sessions,
        (count(DISTINCT e.type) FILTER (WHERE e.type NOT IN ('quest.completed', 'evaluation.finished')))::int AS kinds,
        coalesce(array_agg(e.source_id) FILTER (WHERE e.type = 'quest.completed'), '{}') AS completed,
        range_agg(tstzrange(e.occurred_at - make_interval(secs => e.seconds), e.occurred_at))
          FILTER (WHERE e.type = ANY($3::text[])) AS spans
      FROM learning_events e WHERE e.user_id = q.user_id AND e.learner_day = q.day) e,
    LATERAL (
      SELECT coalesce(floor(sum(extract(epoch FROM upper(span) - lower(span))) / 60), 0)::int AS minutes
      FROM unnest(e.spans) span) s
    WHERE q.user_id = $1 AND q.day = $2::date`,
};

/** Stores the quests of learner-days. Their progress comes from the learning events. */
@Injectable()
export class QuestRepository extends RepositoryBase<DailyQuests> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, DailyQuests);
  }

  /** Stores the quests of a day, unless the day has some. */
  async insert(userId: string, day: string, questIds: readonly string[]): Promise<void> {
    await this.query(INSERT, [userId, day, questIds]);
  }

  findDay(userId: string, day: string): Promise<QuestDay | undefined> {
    return this.one<QuestDay>(FIND_DAY, [userId, day, SESSION_TYPES]);
  }
}
