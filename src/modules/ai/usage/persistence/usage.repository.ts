import { Injectable } from '@nestjs/common';
import { StatementBatcher } from '@/platform/concurrency/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { usageUpsertSql, usageColumns, type UsageItem } from './usage-sql.js';

export interface ModelUsageRow {
  provider: string;
  model: string;
  requests: number;
  input_tokens: number;
  output_tokens: number;
}

export interface CounterRow {
  subject: string;
  used: number;
  reserved: number;
}

const ADD = { name: 'token_usage.add', text: `WITH ${usageUpsertSql(1)} SELECT NULL` };

const SELECT_BY_MODEL = `SELECT provider, model, sum(requests)::bigint AS requests, sum(input_tokens)::bigint AS input_tokens,
  sum(output_tokens)::bigint AS output_tokens FROM token_usage`;

const BY_USER = {
  name: 'token_usage.of_user',
  text: `${SELECT_BY_MODEL} WHERE user_id = $1 AND month = $2 AND ($3::uuid IS NULL OR via = $3)
         GROUP BY provider, model ORDER BY 5 DESC, provider, model LIMIT 200`,
};

const BY_ORGANIZATION = {
  name: 'token_usage.of_organization',
  text: `${SELECT_BY_MODEL} WHERE organization_id = $1 AND month = $2
         GROUP BY provider, model ORDER BY 5 DESC, provider, model LIMIT 200`,
};

const COUNTERS = {
  name: 'token_counters.read',
  text: 'SELECT subject, used, reserved FROM token_counters WHERE month = $1 AND subject = ANY($2::uuid[])',
};

/** Recorded usage. A call counts for its user, and with an API key also for the key and its organization. */
@Injectable()
export class UsageRepository {
  private readonly insertBatcher = new StatementBatcher<UsageItem>((items) => this.insert(items));

  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Inserts in one statement with concurrent calls. */
  insertBatched(item: UsageItem): Promise<void> {
    return this.insertBatcher.add(item);
  }

  /** Inserts inside the transaction of the caller. */
  async insert(items: UsageItem[]): Promise<void[]> {
    if (items.length > 0) await this.unitOfWork.query(ADD, usageColumns(items));
    return items.map(() => undefined);
  }

  listByUser(userId: string, month: string, via: string | null): Promise<ModelUsageRow[]> {
    return this.unitOfWork.query<ModelUsageRow>(BY_USER, [userId, month, via]);
  }

  listByOrganization(organizationId: string, month: string): Promise<ModelUsageRow[]> {
    return this.unitOfWork.query<ModelUsageRow>(BY_ORGANIZATION, [organizationId, month]);
  }

  findCounters(month: string, subjects: readonly string[]): Promise<CounterRow[]> {
    return this.unitOfWork.query<CounterRow>(COUNTERS, [month, subjects]);
  }
}
