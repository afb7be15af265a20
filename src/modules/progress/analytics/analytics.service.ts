import { Injectable } from '@nestjs/common';
import { invalidField } from '@/platform/errors/index.js';
import { SettlementService } from '../streaks/settlement.service.js';
import { type AnalyticsQuery, AnalyticsResponse } from './dto/analytics.dto.js';
import { AnalyticsRepository } from './persistence/analytics.repository.js';

/** The learning time of a learner. */
@Injectable()
export class AnalyticsService {
  constructor(
    private readonly analytics: AnalyticsRepository,
    private readonly settlement: SettlementService,
  ) {}

  /** Throws 400 when the period ends before it starts. */
  async read(userId: string, { start_date, end_date }: AnalyticsQuery): Promise<AnalyticsResponse> {
    if (start_date !== undefined && end_date !== undefined && end_date < start_date)
      throw invalidField('end_date', 'order', 'must not be before start_date');
    await this.settlement.refresh(userId);
    const days = await this.analytics.findByDay(userId, start_date ?? null, end_date ?? null);
    return AnalyticsResponse.from(days);
  }
}
