import { ApiSchema, ResponseField } from '@/platform/openapi/index.js';

@ApiSchema({ name: 'XELReviewCounts' })
export class XelReviewCounts {
  @ResponseField('string', '2026-04-17', { format: 'date', description: 'Your learner-day.' })
  date!: string;

  @ResponseField('integer', 3, { description: 'Items that are due today.' })
  due_count!: number;

  @ResponseField('integer', 12, { description: 'All your items.' })
  total_items!: number;

  @ResponseField('string', '2026-04-19', {
    nullable: true,
    format: 'date',
    description: 'The day on which the next items become due, after today.',
  })
  next_due_on!: string | null;
}
