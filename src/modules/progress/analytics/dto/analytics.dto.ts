import { isDate } from '@/platform/kernel/dates.js';
import { ApiSchema, ResponseField, ResponseListField } from '@/platform/openapi/index.js';
import { customRule, TextField } from '@/platform/validation/index.js';

const DATE_RULE = customRule<string>('date', 'must be a date such as 2026-11-25', isDate);

export class AnalyticsQuery {
  @TextField({
    optional: true,
    max: 10,
    example: '2026-11-01',
    rules: [DATE_RULE],
    description: 'The first learner-day.',
  })
  start_date?: string;

  @TextField({
    optional: true,
    max: 10,
    example: '2026-11-30',
    rules: [DATE_RULE],
    description: 'The last learner-day.',
  })
  end_date?: string;
}

@ApiSchema({ name: 'AnalyticsDay' })
export class AnalyticsDayResponse {
  @ResponseField('string', '2026-11-27', { format: 'date' })
  date!: string;

  @ResponseField('integer', 1860)
  seconds!: number;

  @ResponseField('integer', 2)
  sessions!: number;

  @ResponseField('integer', 600)
  live_seconds!: number;
}

@ApiSchema({ name: 'AnalyticsResponse' })
export class AnalyticsResponse {
  @ResponseField('integer', 5400, {
    description: 'In sessions of conversations that have ended. Sessions at the same time count once.',
  })
  total_seconds!: number;

  @ResponseField('integer', 4)
  sessions!: number;

  @ResponseField('integer', 1350)
  average_session_seconds!: number;

  @ResponseField('integer', 600, { description: 'In live sessions, which `total_seconds` does not contain.' })
  live_seconds!: number;

  @ResponseListField(
    () => AnalyticsDayResponse,
    undefined,
    'The learner-days with sessions, the oldest first.',
  )
  by_day!: AnalyticsDayResponse[];

  static from(days: AnalyticsDayResponse[]): AnalyticsResponse {
    const sum = (field: 'seconds' | 'sessions' | 'live_seconds'): number =>
      days.reduce((total, day) => total + day[field], 0);
    const [total_seconds, sessions] = [sum('seconds'), sum('sessions')];
    return {
      total_seconds,
      sessions,
      average_session_seconds: sessions === 0 ? 0 : Math.round(total_seconds / sessions),
      live_seconds: sum('live_seconds'),
      by_day: days,
    };
  }
}
