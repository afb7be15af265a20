import { Injectable } from '@nestjs/common';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { type LearningEventInput, type LearningEventType, SESSION_TYPES } from '../learning-event.js';
import { type EarlierDeeds, RULE_VERSION } from '../xp.rules.js';
import { LearningEvent } from './learning-event.entity.js';

export interface RecordedEvent {
  id: string;
  learner_day: string;
}

/** PostgreSQL computes the learner-day, in the zone in force and not before the last learner-day. */
const INSERT = {
  name: 'learning_events.insert',
  text: `INSERT INTO learning_events (id, user_id, organization_id, type, source_id, subject_id, occurred_at, recorded_at,
           learner_day, utc_day, timezone, rule_version, seconds, data)
         SELECT $1, s.user_id, $3, $4, $5, $6, $7, $8,
           greatest(s.current_day, ($7::timestamptz AT TIME ZONE s.timezone)::date),
           ($7::timestamptz AT TIME ZONE 'UTC')::date, s.timezone, $9, $10, $11::jsonb
         FROM learner_states s WHERE s.user_id = $2
         ON CONFLICT ON CONSTRAINT learning_events_user_id_type_source_id_key DO NOTHING
         RETURNING id, learner_day::text`,
};

/** The union of the intervals: sessions at the same time count once. */
const EARLIER_DEEDS = {
  name: 'learning_events.earlier',
  text: `SELECT
      (SELECT count(*)::int FROM learning_events e
       WHERE e.user_id = $1 AND e.type = $2 AND e.subject_id = $3 AND e.id <> $4) AS repeats,
      (SELECT count(*)::int FROM learning_events e
       WHERE e.user_id = $1 AND e.learner_day = $5::date AND e.type = 'review.done' AND e.id <> $4) AS reviews,
      (SELECT coalesce(floor(sum(extract(epoch FROM upper(span) - lower(span)))), 0)::int FROM unnest((
         SELECT range_agg(tstzrange(e.occurred_at - make_interval(secs => e.seconds), e.occurred_at))
         FROM learning_events e
         WHERE e.user_id = $1 AND e.learner_day = $5::date AND e.type = ANY($6::text[]))) span) AS "sessionSeconds",
      (SELECT coalesce(sum(l.base_amount), 0)::int FROM xp_ledger l
       WHERE l.user_id = $1 AND l.learner_day = $5::date AND l.rule = ANY($6::text[])) AS "sessionXp"`,
};

/** The organizations of a learner that learn about an event: the learner was a member when it happened. */
const FIND_ORGANIZATIONS = {
  name: 'learning_events.organizations',
  text: 'SELECT m.organization_id AS id FROM memberships m WHERE m.user_id = $1 AND m.joined_at <= $2 ORDER BY 1',
};

/** Appends learning events. Every method takes the learner first. */
@Injectable()
export class LearningEventRepository extends RepositoryBase<LearningEvent> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, LearningEvent);
  }

  /** Returns undefined when the deed has been recorded before. */
  insert(input: LearningEventInput, occurredAt: Date, now: Date): Promise<RecordedEvent | undefined> {
    const {
      userId,
      type,
      sourceId,
      subjectId = sourceId,
      organizationId = null,
      seconds = 0,
      data = {},
    } = input;
    const deed = [newId(), userId, organizationId, type, sourceId, subjectId, occurredAt, now];
    return this.one<RecordedEvent>(INSERT, [...deed, RULE_VERSION, seconds, JSON.stringify(data)]);
  }

  /** Counts what the learner had done before an event. */
  async findEarlierDeeds(
    userId: string,
    { type, subjectId }: { type: LearningEventType; subjectId: string },
    event: RecordedEvent,
  ): Promise<EarlierDeeds> {
    const values = [userId, type, subjectId, event.id, event.learner_day, SESSION_TYPES];
    const found = await this.one<EarlierDeeds>(EARLIER_DEEDS, values);
    return found ?? { repeats: 0, reviews: 0, sessionSeconds: 0, sessionXp: 0 };
  }

  async findOrganizations(userId: string, at: Date): Promise<OrganizationId[]> {
    return (await this.query<{ id: OrganizationId }>(FIND_ORGANIZATIONS, [userId, at])).map(({ id }) => id);
  }
}
