import {
  type OwnerScopedStatement,
  scopeToOwner,
  type Owner,
  ownerParameters,
  forOwner,
} from '@/modules/organizations/index.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { keysetQuery, type Statement } from '@/platform/persistence/index.js';

/** The statements of a paginated list of an owner's rows: the first page, and pages after a cursor. */
interface OwnerListStatements {
  first: OwnerScopedStatement;
  next: OwnerScopedStatement;
}

interface OwnerListOptions {
  name: string;
  alias: string;
  /** Condition that selects the rows after the cursor. */
  nextPageCondition: string;
}

/**
 * Builds the statements of a list. `buildSql` places the filter for the owner's rows (which uses `$1` and `$2`) and
 * the condition after the cursor.
 */
export function ownerListStatements(
  { name, alias, nextPageCondition }: OwnerListOptions,
  buildSql: (ownerFilter: string, after: string) => string,
): OwnerListStatements {
  return {
    first: scopeToOwner(name, alias, (ownerFilter) => buildSql(ownerFilter, '')),
    next: scopeToOwner(`${name}.next`, alias, (ownerFilter) =>
      buildSql(ownerFilter, `AND ${nextPageCondition}`),
    ),
  };
}

/** Returns the statement of one page with its parameters; `values` begin at `$3`. */
export function ownerPageStatement<Position>(
  { first, next }: OwnerListStatements,
  owner: Owner,
  values: unknown[],
  window: PageWindow<Position>,
): [Statement, unknown[]] {
  const statements = { first: forOwner(first, owner), next: forOwner(next, owner) };
  return keysetQuery(statements, [...ownerParameters(owner), ...values], window);
}
