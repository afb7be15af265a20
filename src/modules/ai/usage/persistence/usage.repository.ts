import { Injectable } from '@nestjs/common';
import { Batches, UnitOfWork } from '../../../../platform/persistence/index.js';

/** Tokens of one call to one model. */
export interface UsageItem {
  /** The first day of the month, UTC. */
  month: string;
  userId: string;
  keyId: string | null;
  organizationId: string | null;
  provider: string;
  model: string;
  inputTokens: number;
  outputTokens: number;
}

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

/**
 * Adds calls to the totals of each model and of each subject (user, key, organization). In the order of the keys,
 * so that two such statements cannot wait for each other; what was erased meanwhile is left out.
 */
const ADD = {
  name: 'token_usage.add',
  text: `
    WITH items AS (
      SELECT i.month, u.id AS user_id, COALESCE(i.key_id, u.id) AS via, o.id AS organization_id, i.provider, i.model,
             i.input, i.output
      FROM unnest($1::date[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
        AS i (month, user_id, key_id, organization_id, provider, model, input, output)
      JOIN users u ON u.id = i.user_id LEFT JOIN organizations o ON o.id = i.organization_id
    ), by_model AS (
      INSERT INTO token_usage AS t
        (month, user_id, via, organization_id, provider, model, requests, input_tokens, output_tokens)
      SELECT month, user_id, via, organization_id, provider, model, count(*), sum(input), sum(output)
      FROM items GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY user_id, month, via, provider, model
      ON CONFLICT (user_id, month, via, provider, model) DO UPDATE
      SET requests = t.requests + excluded.requests, input_tokens = t.input_tokens + excluded.input_tokens,
          output_tokens = t.output_tokens + excluded.output_tokens
    )
    INSERT INTO token_counters AS c (subject, month, used, reserved)
    SELECT s.subject, month, sum(input + output), 0
    FROM items, LATERAL (SELECT DISTINCT x FROM unnest(ARRAY[user_id, via, organization_id]) AS x) AS s (subject)
    WHERE s.subject IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (subject, month) DO UPDATE SET used = c.used + excluded.used`,
};

const MODELS = `SELECT provider, model, sum(requests)::bigint AS requests, sum(input_tokens)::bigint AS input_tokens,
  sum(output_tokens)::bigint AS output_tokens FROM token_usage`;

const OF_USER = {
  name: 'token_usage.of_user',
  text: `${MODELS} WHERE user_id = $1 AND month = $2 AND ($3::uuid IS NULL OR via = $3)
         GROUP BY provider, model ORDER BY 5 DESC, provider, model LIMIT 200`,
};

const OF_ORGANIZATION = {
  name: 'token_usage.of_organization',
  text: `${MODELS} WHERE organization_id = $1 AND month = $2
         GROUP BY provider, model ORDER BY 5 DESC, provider, model LIMIT 200`,
};

const COUNTERS = {
  name: 'token_counters.read',
  text: 'SELECT subject, used, reserved FROM token_counters WHERE month = $1 AND subject = ANY($2::uuid[])',
};

/** What was used. Every call counts for its user, and with an API key for the key and its organization. */
@Injectable()
export class UsageRepository {
  private readonly batches = new Batches<UsageItem>((items) => this.insert(items));

  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Together with what others add at the same moment. */
  add(item: UsageItem): Promise<void> {
    return this.batches.add(item);
  }

  /** Inside the caller's unit of work. */
  async insert(items: UsageItem[]): Promise<void[]> {
    const columns = [
      items.map(({ month }) => month),
      items.map(({ userId }) => userId),
      items.map(({ keyId }) => keyId),
      items.map(({ organizationId }) => organizationId),
      items.map(({ provider }) => provider),
      items.map(({ model }) => model),
      items.map(({ inputTokens }) => inputTokens),
      items.map(({ outputTokens }) => outputTokens),
    ];
    if (items.length > 0) await this.unitOfWork.query(ADD, columns);
    return items.map(() => undefined);
  }

  ofUser(userId: string, month: string, via: string | null): Promise<ModelUsageRow[]> {
    return this.unitOfWork.query<ModelUsageRow>(OF_USER, [userId, month, via]);
  }

  ofOrganization(organizationId: string, month: string): Promise<ModelUsageRow[]> {
    return this.unitOfWork.query<ModelUsageRow>(OF_ORGANIZATION, [organizationId, month]);
  }

  counters(month: string, subjects: readonly string[]): Promise<CounterRow[]> {
    return this.unitOfWork.query<CounterRow>(COUNTERS, [month, subjects]);
  }
}
