import { Injectable } from '@nestjs/common';
import { LearningEvent } from '@/modules/progress/ledger/persistence/learning-event.entity.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import type { AnalyticsDayResponse } from '../dto/analytics.dto.js';

const SPAN = 'tstzrange(e.occurred_at - make_interval(secs => e.seconds), e.occurred_at)';

/** Returns the length of the union of the ranges. */
const unionSeconds = (ranges: string): string =>
  `(SELECT coalesce(round(sum(extract(epoch FROM upper(span) - lower(span)))), 0)::int FROM unnest(${ranges}) span)`;

const BY_DAY = {
  name: 'analytics.by_day',
  text: `SELECT d.date, ${unionSeconds('d.spans')} AS seconds, d.sessions, ${unionSeconds('d.live_spans')} AS live_seconds
    FROM (
      SELECT e.learner_day::text AS date,
        (count(*) FILTER (WHERE e.type = 'conversation.session.ended'))::int AS sessions,
        range_agg(${SPAN}) FILTER (WHERE e.type = 'conversation.session.ended') AS spans,
        range_agg(${SPAN}) FILTER (WHERE e.type = 'live.session.ended') AS live_spans
      FROM learning_events e
      WHERE e.user_id = $1 AND e.type IN ('conversation.session.ended', 'live.session.ended')
        AND ($2::date IS NULL OR e.learner_day >= $2::date) AND ($3::date IS NULL OR e.learner_day <= $3::date)
      GROUP BY e.learner_day) d
    ORDER BY d.date`,
};

/** Adds up learning time. */
@Injectable()
export class AnalyticsRepository extends RepositoryBase<LearningEvent> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, LearningEvent);
  }

  findByDay(userId: string, from: string | null, to: string | null): Promise<AnalyticsDayResponse[]> {
    return this.query<AnalyticsDayResponse>(BY_DAY, [userId, from, to]);
  }
}
