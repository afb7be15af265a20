/** The tokens of one call to one model. */
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

/**
 * Returns common table expressions that add calls to the totals of each model and of each subject (user, key,
 * organization). Rows are written in the order of their keys, so two such statements cannot deadlock. Calls of
 * deleted users are skipped. The columns of {@link usageColumns} are parameters `firstParameter` and the seven after
 * it. With `restrictTo`, an expression of the same `WITH` with a column `id`, one more parameter has an id for each
 * call, and only calls whose id is in that expression are added.
 */
export function usageUpsertSql(firstParameter: number, restrictTo?: string): string {
  const types = [
    'date',
    'uuid',
    'uuid',
    'uuid',
    'text',
    'text',
    'bigint',
    'bigint',
    ...(restrictTo ? ['uuid'] : []),
  ];
  const columns = types.map((type, index) => `$${firstParameter + index}::${type}[]`).join(', ');
  return `calls AS (
      SELECT i.month, u.id AS user_id, COALESCE(i.key_id, u.id) AS via, o.id AS organization_id, i.provider, i.model,
             i.input, i.output
      FROM unnest(${columns})
        AS i (month, user_id, key_id, organization_id, provider, model, input, output${restrictTo ? ', part' : ''})
      ${restrictTo ? `JOIN ${restrictTo} a ON a.id = i.part` : ''}
      JOIN users u ON u.id = i.user_id LEFT JOIN organizations o ON o.id = i.organization_id
    ), by_model AS (
      INSERT INTO token_usage AS t
        (month, user_id, via, organization_id, provider, model, requests, input_tokens, output_tokens)
      SELECT month, user_id, via, organization_id, provider, model, count(*), sum(input), sum(output)
      FROM calls GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY user_id, month, via, provider, model
      ON CONFLICT (user_id, month, via, provider, model) DO UPDATE
      SET requests = t.requests + excluded.requests, input_tokens = t.input_tokens + excluded.input_tokens,
          output_tokens = t.output_tokens + excluded.output_tokens
    ), by_subject AS (
      INSERT INTO token_counters AS c (subject, month, used, reserved)
      SELECT s.subject, month, sum(input + output), 0
      FROM calls, LATERAL (SELECT DISTINCT x FROM unnest(ARRAY[user_id, via, organization_id]) AS x) AS s (subject)
      WHERE s.subject IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
      ON CONFLICT (subject, month) DO UPDATE SET used = c.used + excluded.used
    )`;
}

/** Returns the parameters for {@link usageUpsertSql}: one array for each column. */
export function usageColumns(items: readonly UsageItem[]): unknown[][] {
  return [
    items.map(({ month }) => month),
    items.map(({ userId }) => userId),
    items.map(({ keyId }) => keyId),
    items.map(({ organizationId }) => organizationId),
    items.map(({ provider }) => provider),
    items.map(({ model }) => model),
    items.map(({ inputTokens }) => inputTokens),
    items.map(({ outputTokens }) => outputTokens),
  ];
}
