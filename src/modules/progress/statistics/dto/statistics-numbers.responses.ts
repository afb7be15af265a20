import { ApiSchema, ResponseField } from '@/platform/openapi/index.js';
import { pickMetrics } from '../statistics-metrics.js';

const DATE = { format: 'date' };

/** Who is counted, when, and what the numbers mean. */
export class StatisticsFrame {
  @ResponseField('string', '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11', { format: 'uuid' })
  organization_id!: string;

  @ResponseField('string', 'Brightpath Learning')
  organization_name!: string;

  @ResponseField('string', '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c12', { format: 'uuid', nullable: true })
  team_id!: string | null;

  @ResponseField('string', 'Berlin', { nullable: true })
  team_name!: string | null;

  @ResponseField('string', 'UTC', { enum: ['UTC'], description: 'The zone of all days.' })
  timezone!: 'UTC';

  @ResponseField('string', '2026-11-30T12:00:00.000Z', {
    format: 'date-time',
    description: 'When it was read.',
  })
  as_of!: string;

  @ResponseField('string', '2026-11-01', DATE)
  start_date!: string;

  @ResponseField('string', '2026-11-30', DATE)
  end_date!: string;

  @ResponseField('string', '2026-10-02', DATE)
  previous_start_date!: string;

  @ResponseField('string', '2026-10-31', DATE)
  previous_end_date!: string;

  @ResponseField(
    'object',
    { xp: 'XP that learning events paid.' },
    { description: 'What each number means.' },
  )
  definitions!: Readonly<Record<string, string>>;
}

export class StatisticsNumbers {
  @ResponseField('integer', 420)
  xp!: number;

  @ResponseField('integer', 5400)
  seconds!: number;

  @ResponseField('integer', 600)
  live_seconds!: number;

  @ResponseField('integer', 4)
  sessions!: number;

  @ResponseField('integer', 31)
  tasks_completed!: number;

  @ResponseField('integer', 2)
  modules_completed!: number;
}

@ApiSchema({ name: 'StatisticsGroupNumbers' })
export class GroupNumbers extends StatisticsNumbers {
  @ResponseField('integer', 12)
  active_members!: number;

  /** Returns the numbers of a day; without a row, zeros. */
  static from(row: { active_members: number } | undefined): GroupNumbers {
    return { active_members: row?.active_members ?? 0, ...pickMetrics(row ?? {}) };
  }
}

@ApiSchema({ name: 'StatisticsMemberNumbers' })
export class MemberNumbers extends StatisticsNumbers {
  @ResponseField('integer', 9)
  active_days!: number;

  /** The columns of the row can have a prefix. */
  static from(row: object, prefix = ''): MemberNumbers {
    const { [`${prefix}active_days`]: activeDays = 0 } = row as Record<string, number>;
    return { active_days: activeDays, ...pickMetrics(row, prefix) };
  }
}
