import { Injectable } from '@nestjs/common';
import { type AppError, type ErrorFactory, platformErrors } from '@/platform/errors/index.js';
import { type Statement, UnitOfWork } from '@/platform/persistence/index.js';
import type { Owner } from '../owner.js';

/**
 * A statement over rows with `owner_id` and `organization_id`, in one form for sessions and one for API keys: each
 * form uses its own index. {@link ownerParameters} returns the values of `$1` and `$2`.
 */
export interface OwnerScopedStatement {
  session: Statement;
  key: Statement;
}

/** The SQL of the two values of {@link ownerParameters}. */
interface OwnerSql {
  owner: string;
  scope: string;
}

/** Builds both forms; `text` receives the condition that a row of the table `alias` belongs to the owner. */
export function scopeToOwner(
  name: string,
  alias: string,
  text: (ownerCondition: string) => string,
  sql: OwnerSql = { owner: '$1', scope: '$2' },
): OwnerScopedStatement {
  const keyCondition = `${alias}.owner_id = ${sql.owner} AND ${alias}.organization_id = ${sql.scope}::uuid`;
  return {
    session: { name, text: text(sessionOwnerCondition(alias, sql)) },
    key: { name: `${name}.key`, text: text(keyCondition) },
  };
}

function sessionOwnerCondition(alias: string, { owner, scope }: OwnerSql): string {
  return `${alias}.owner_id = ${owner} AND (${alias}.organization_id IS NULL OR EXISTS (
    SELECT FROM memberships own_m JOIN organizations own_o ON own_o.id = own_m.organization_id
    WHERE own_m.organization_id = ${alias}.organization_id AND own_m.user_id = ${owner}
      AND (NOT own_o.enforce_2fa OR ${scope}::boolean)))`;
}

/** Returns the form of the statement for a session or for an API key. */
export function forOwner({ session, key }: OwnerScopedStatement, owner: Owner): Statement {
  return owner.organizationId === null ? session : key;
}

/** Returns `$1` and `$2` of an {@link OwnerScopedStatement}. */
export function ownerParameters({ userId, organizationId, hasSecondFactor }: Owner): unknown[] {
  return [userId, organizationId ?? hasSecondFactor];
}

/** Tells a row that does not exist from a row that is hidden until the session uses a second factor. */
@Injectable()
export class HiddenRowExplainer {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Returns `two_factor_required` when a step-up would show the row, else `notFoundError`. To be called after a
   * query of the owner found no row. `table` is a table with `id`, `owner_id` and `organization_id`.
   */
  async explainMissingRow(
    table: string,
    id: string,
    { userId, organizationId, hasSecondFactor }: Owner,
    notFoundError: ErrorFactory,
  ): Promise<AppError> {
    if (organizationId !== null || hasSecondFactor) return notFoundError();
    const text = `SELECT t.id FROM ${table} t
      JOIN memberships m ON m.organization_id = t.organization_id AND m.user_id = t.owner_id
      JOIN organizations o ON o.id = t.organization_id AND o.enforce_2fa
      WHERE t.id = $1 AND t.owner_id = $2`;
    const hiddenRows = await this.unitOfWork.query({ name: `hidden_rows.${table}`, text }, [id, userId]);
    return hiddenRows.length > 0 ? platformErrors.two_factor_required() : notFoundError();
  }
}
