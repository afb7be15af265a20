import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '@/platform/persistence/index.js';

/** Local times that a change of the clock skips are moved forward by PostgreSQL; a local time that occurs twice is the second one. */
const LIST = {
  name: 'integration_study_days.list',
  text: `WITH span AS (
           SELECT coalesce($1::timestamptz, $2::date::timestamp AT TIME ZONE $5) AS starts,
                  coalesce($3::timestamptz, ($4::date + 1)::timestamp AT TIME ZONE $5) AS ends)
         SELECT to_char(d, 'YYYY-MM-DD') AS date,
           greatest((d + $6::time) AT TIME ZONE $5, span.starts, $8::timestamptz) AS opens_at,
           least((d + $7::time) AT TIME ZONE $5, span.ends) AS closes_at
         FROM span, generate_series((span.starts AT TIME ZONE $5)::date::timestamp,
                                    (span.ends AT TIME ZONE $5)::date::timestamp, interval '1 day') d
         ORDER BY d`,
};

/** A date of the time zone of the user, or a moment. */
export type DateOrTime = { date: string } | { time: Date };

export interface StudyDaysInput {
  from: DateOrTime;
  /** The last day, or the end. */
  to: DateOrTime;
  zone: string;
  /** `HH:MM` */
  earliest: string;
  latest: string;
  now: Date;
}

/** The time of a day in which the user studies. It is empty when it has passed. */
export interface StudyDay {
  /** In the time zone of the user. */
  date: string;
  opens_at: Date;
  closes_at: Date;
}

/** Computes days in the time zone of a user with the zones of PostgreSQL. */
@Injectable()
export class StudyDays {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  list({ from, to, zone, earliest, latest, now }: StudyDaysInput): Promise<StudyDay[]> {
    const bounds = [from, to].flatMap((bound): unknown[] =>
      'date' in bound ? [null, bound.date] : [bound.time, null],
    );
    return this.unitOfWork.query<StudyDay>(LIST, [...bounds, zone, earliest, latest, now]);
  }
}
