import { Injectable } from '@nestjs/common';
import { ownerOf } from '@/modules/organizations/index.js';
import type { Actor, OrganizationActor } from '@/platform/access/actor.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Budgets, type Limit } from './token-budgets.js';
import { ModelUsageResponse, TokenLimitResponse, type UsageQuery, UsageResponse } from './dto/usage.dto.js';
import { type ModelUsageRow, UsageRepository } from './persistence/usage.repository.js';
import { endOfMonth, monthOf } from './token-estimates.js';

/** What language models have cost so far. */
@Injectable()
export class UsageService {
  constructor(
    private readonly usage: UsageRepository,
    private readonly budgets: Budgets,
    private readonly clock: Clock,
  ) {}

  /** A person's own, through whatever they called; a key's own for a key. */
  async own(actor: Actor, query: UsageQuery): Promise<UsageResponse> {
    const owner = ownerOf(actor);
    const month = this.monthOf(query);
    const models = await this.usage.ofUser(owner.userId, month, owner.keyId);
    return this.show(month, models, this.budgets.limitsOf(owner));
  }

  /** What was used through the API keys of an organization. */
  async ofOrganization({ organization }: OrganizationActor, query: UsageQuery): Promise<UsageResponse> {
    const month = this.monthOf(query);
    const models = await this.usage.ofOrganization(organization.id, month);
    return this.show(month, models, this.budgets.limitsOfOrganization(organization.id));
  }

  private monthOf({ month }: UsageQuery): string {
    return month === undefined ? monthOf(this.clock.now()) : `${month}-01`;
  }

  private async show(month: string, models: ModelUsageRow[], limits: Limit[]): Promise<UsageResponse> {
    const counters = await this.usage.counters(
      month,
      limits.map(({ subject }) => subject),
    );
    const sum = (of: (row: ModelUsageRow) => number): number =>
      models.reduce((total, row) => total + of(row), 0);
    const input_tokens = sum((row) => row.input_tokens);
    const output_tokens = sum((row) => row.output_tokens);
    return {
      period_start: new Date(month).toISOString(),
      period_end: endOfMonth(month).toISOString(),
      requests: sum((row) => row.requests),
      ...{ input_tokens, output_tokens, total_tokens: input_tokens + output_tokens },
      models: models.map((row) => ModelUsageResponse.from(row)),
      limits: limits.map((limit) => {
        const counter = counters.find(({ subject }) => subject === limit.subject);
        return TokenLimitResponse.from(limit, counter ?? { used: 0, reserved: 0 });
      }),
    };
  }
}
