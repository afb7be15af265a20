import { DAILY_MINIMUM_XP } from '@/modules/progress/ledger/xp.rules.js';
import { isDate } from '@/platform/kernel/dates.js';
import { ApiSchema, ResponseField } from '@/platform/openapi/index.js';
import { customRule, TextField } from '@/platform/validation/index.js';
import { DAY_STATES, type DayState } from '../streak.rules.js';

@ApiSchema({ name: 'StreakStatusResponse' })
export class StreakStatusResponse {
  @ResponseField('integer', 6)
  current_streak!: number;

  @ResponseField('integer', 14)
  longest_streak!: number;

  @ResponseField('integer', 1)
  freezes_available!: number;

  @ResponseField('integer', 2)
  freezes_used!: number;

  @ResponseField('string', '2026-11-26', {
    format: 'date',
    nullable: true,
    description: 'The last date with XP.',
  })
  last_activity!: string | null;

  @ResponseField('boolean', true, {
    description: 'True when the streak ends with today, unless you learn. A freeze that you hold keeps it.',
  })
  streak_at_risk!: boolean;
}

export class ExplainDayQuery {
  @TextField({
    optional: true,
    max: 10,
    example: '2026-11-25',
    rules: [customRule<string>('date', 'must be a date such as 2026-11-25', isDate)],
    description: 'A learner-day; by default today.',
  })
  date?: string;
}

@ApiSchema({ name: 'StreakDayResponse' })
export class StreakDayResponse {
  @ResponseField('string', '2026-11-25', { format: 'date' })
  date!: string;

  @ResponseField('string', 'frozen', { enum: [...DAY_STATES] })
  status!: DayState;

  @ResponseField('string', 'You missed this day. A freeze that you held kept your streak.')
  explanation!: string;

  @ResponseField('integer', 0)
  xp!: number;

  @ResponseField('integer', DAILY_MINIMUM_XP, { description: 'The XP that count a day for the streak.' })
  minimum_xp!: number;

  @ResponseField('string', 'Europe/Berlin', { description: 'The time zone that was in force on the date.' })
  timezone!: string;
}
