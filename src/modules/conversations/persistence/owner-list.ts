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
  /** Columns of a row that decide its position. */
  position: string;
  /** SQL of a row as JSON, from the columns of `sized`. */
  json: string;
}

/**
 * Builds the statements of a list of rows with a text. Pages of a response contain the position and the JSON of a row; parts
 * for an export contain the rows.
 */
export function ownerTextListStatements(
  { bytes, position, json, ...options }: OwnerTextListOptions,
  buildSql: (ownerFilter: string, after: string) => string,
): Record<PageSize, OwnerListStatements> {
  const jsonColumns: Record<PageSize, string> = {
    small: `${position}, page_bytes, page_total, ${json} AS json`,
    large: `${position}, page_bytes, ${json} AS json`,
    part: '*',
  };
  return buildSizes((size) =>
    ownerListStatements({ ...options, name: `${options.name}.${size}` }, (ownerFilter, after) =>
      limitPageBytes(buildSql(ownerFilter, after), bytes, size, jsonColumns[size]),
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
