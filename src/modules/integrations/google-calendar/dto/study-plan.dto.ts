import { parseTimestamp } from '@/platform/kernel/timestamps.js';
import {
  ApiSchema,
  ResponseField,
  ResponseListField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import { customRule, IntegerField, TextField } from '@/platform/validation/index.js';
import { isDate, MAX_SESSIONS_PER_DAY } from '../study-plan.rules.js';

const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

const isDateOrTimestamp = customRule<string>(
  'date_or_instant',
  'must be a date such as 2026-04-16 or a timestamp such as 2026-04-16T10:00:03Z',
  (text) => isDate(text) || parseTimestamp(text) !== null,
);

export class StudyPlanRequest {
  @TextField({
    max: 100,
    pattern: /^[a-z0-9]+(-[a-z0-9]+)*$/,
    description: 'The module of Xentree English that the sessions are for. Their title names it.',
    example: 'b1-experiences',
  })
  module_id!: string;

  @TextField({
    max: 40,
    rules: [isDateOrTimestamp],
    description: 'The first day in your time zone, or a moment.',
    example: '2036-01-07',
  })
  from!: string;

  @TextField({
    max: 40,
    rules: [isDateOrTimestamp],
    description: 'The last day in your time zone, or a moment; at most 90 days.',
    example: '2036-01-20',
  })
  to!: string;

  @IntegerField({ min: 5, max: 480, example: 45 })
  session_minutes!: number;

  @IntegerField({ min: 1, max: MAX_SESSIONS_PER_DAY, example: 1 })
  max_per_day!: number;

  @TextField({
    max: 5,
    pattern: TIME_OF_DAY,
    description: 'The time of the day, in your time zone, before which no session begins.',
    example: '08:00',
  })
  earliest!: string;

  @TextField({
    max: 5,
    pattern: TIME_OF_DAY,
    description: 'The time of the day at which the last session ends.',
    example: '20:00',
  })
  latest!: string;
}

export class StudySessionResponse {
  @ResponseField('string', '6b1f0c9d2e7a45f0b3c8')
  id!: string;

  @ResponseTimestampField()
  starts_at!: string;

  @ResponseTimestampField()
  ends_at!: string;

  @ResponseField('boolean', true, { description: 'Whether this request has created the session.' })
  created!: boolean;
}

@ApiSchema({ name: 'StudyPlanResponse' })
export class StudyPlanResponse {
  @ResponseField('string', 'b1-experiences')
  module_id!: string;

  @ResponseField('string', 'Europe/Berlin', { description: 'The time zone of your profile.' })
  time_zone!: string;

  @ResponseListField(
    () => StudySessionResponse,
    undefined,
    'The sessions of the module in the range, in order.',
  )
  events!: StudySessionResponse[];
}
