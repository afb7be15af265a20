import { Injectable } from '@nestjs/common';
import { toOwner } from '@/modules/organizations/index.js';
import type { Actor, OrganizationActor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { ModelUsageResponse, TokenLimitResponse, type UsageQuery, UsageResponse } from './dto/usage.dto.js';
import { type ModelUsageRow, UsageRepository } from './persistence/usage.repository.js';
import { TokenBudgets, type TokenLimit } from './token-budgets.js';
import { startOfNextMonth, toMonth } from './usage.rules.js';

/** Reports token usage and the limits that apply to it. */
@Injectable()
export class UsageService {
  constructor(
    private readonly usage: UsageRepository,
    private readonly budgets: TokenBudgets,
    private readonly clock: Clock,
  ) {}

  /** Returns the usage of the user, including their API keys; for an API key, the usage of that key. */
  async getOwn(actor: Actor, query: UsageQuery): Promise<UsageResponse> {
    const owner = toOwner(actor);
    const month = this.requestedMonth(query);
    const models = await this.usage.listByUser(owner.userId, month, owner.keyId);
    return this.buildResponse(month, models, this.budgets.limitsForOwner(owner));
  }

  /** Returns the usage of all API keys of an organization. */
  async getForOrganization({ organization }: OrganizationActor, query: UsageQuery): Promise<UsageResponse> {
    const month = this.requestedMonth(query);
    const models = await this.usage.listByOrganization(organization.id, month);
    return this.buildResponse(month, models, this.budgets.limitsForOrganization(organization.id));
  }

  private requestedMonth({ month }: UsageQuery): string {
    return month === undefined ? toMonth(this.clock.now()) : `${month}-01`;
  }

  private async buildResponse(
    month: string,
    models: ModelUsageRow[],
    limits: TokenLimit[],
  ): Promise<UsageResponse> {
    const counters = await this.usage.findCounters(
      month,
      limits.map(({ subject }) => subject),
    );
    const sum = (select: (row: ModelUsageRow) => number): number =>
      models.reduce((total, row) => total + select(row), 0);
    const input_tokens = sum((row) => row.input_tokens);
    const output_tokens = sum((row) => row.output_tokens);
    return {
      period_start: new Date(month).toISOString(),
      period_end: startOfNextMonth(month).toISOString(),
      requests: sum((row) => row.requests),
      input_tokens,
      output_tokens,
      total_tokens: input_tokens + output_tokens,
      models: models.map((row) => ModelUsageResponse.from(row)),
      limits: limits.map((limit) => {
        const counter = counters.find(({ subject }) => subject === limit.subject);
        return TokenLimitResponse.from(limit, counter ?? { used: 0, reserved: 0 });
      }),
    };
  }
}
