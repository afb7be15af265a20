import type { ReminderChoice } from '@/modules/progress/reminders/persistence/reminder.repository.js';
import { DEFAULT_MINUTE, formatTimeOfDay, TIME_OF_DAY } from '@/modules/progress/reminders/time-of-day.js';
import { ApiSchema, ResponseField, ResponseTimestampField } from '@/platform/openapi/index.js';
import { BooleanField, TextField } from '@/platform/validation/index.js';

export class UpdateRemindersRequest {
  @BooleanField({ example: true })
  enabled!: boolean;

  @TextField({
    optional: true,
    max: 5,
    pattern: TIME_OF_DAY,
    patternMessage: 'must be a time of day such as 18:30',
    description: 'In the time zone of your profile. Without it the last one stays, at first 18:00.',
    example: '19:00',
  })
  time?: string;
}

@ApiSchema({ name: 'RemindersResponse' })
export class RemindersResponse {
  @ResponseField('boolean', true)
  enabled!: boolean;

  @ResponseField('string', '19:00')
  time!: string;

  @ResponseField('string', 'Europe/Berlin', { description: 'Of your profile.' })
  timezone!: string;

  @ResponseTimestampField({ nullable: true, description: 'The next one, if you do not learn before.' })
  next_at!: string | null;

  @ResponseField('string', '2026-11-25', {
    nullable: true,
    format: 'date',
    description: 'The learner-day of the last mail.',
  })
  last_sent_on!: string | null;

  static from({ enabled, minute_of_day, timezone, next_at, last_day }: ReminderChoice): RemindersResponse {
    return {
      enabled: enabled ?? false,
      time: formatTimeOfDay(minute_of_day ?? DEFAULT_MINUTE),
      timezone,
      next_at: enabled ? (next_at?.toISOString() ?? null) : null,
      last_sent_on: last_day,
    };
  }
}
