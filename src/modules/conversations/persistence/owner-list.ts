import {
  type OwnerScopedStatement,
  scopeToOwner,
  type Owner,
  ownerParameters,
  forOwner,
} from '@/modules/organizations/index.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import {
  buildSizes,
  jsonPageColumns,
  type Keyset,
  keysetQuery,
  limitPageBytes,
  type PageSize,
  type SizedKeyset,
  type Statement,
} from '@/platform/persistence/index.js';

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
  return keysetQuery(keysetForOwner({ first, next }, owner), [...ownerParameters(owner), ...values], window);
}

interface OwnerTextListOptions extends OwnerListOptions {
  /** SQL of the size of a row `p`. */
  bytes: string;
  /** The column that a cursor points to. */
  position: string;
  /** SQL of a row as JSON. */
  json: string;
  /** The parameter that limits the number of rows. */
  limit: string;
}

/** Builds the statements of a list of rows with a text: pages of JSON for responses, and parts with the rows for exports. */
export function ownerTextListStatements(
  { bytes, position, json, limit, ...options }: OwnerTextListOptions,
  buildSql: (ownerFilter: string, after: string) => string,
): Record<PageSize, OwnerListStatements> {
  const columns: Record<PageSize, string> = { ...jsonPageColumns({ position, json, limit }), part: '*' };
  return buildSizes((size) =>
    ownerListStatements({ ...options, name: `${options.name}.${size}` }, (ownerFilter, after) =>
      limitPageBytes(buildSql(ownerFilter, after), bytes, size, columns[size]),
    ),
  );
}

/** Returns the statements for the kind of this owner: a session or an API key. */
export function textListForOwner(list: Record<PageSize, OwnerListStatements>, owner: Owner): SizedKeyset {
  return buildSizes((size) => keysetForOwner(list[size], owner));
}

function keysetForOwner({ first, next }: OwnerListStatements, owner: Owner): Keyset {
  return { first: forOwner(first, owner), next: forOwner(next, owner) };
}
