import {
  type OwnerScopedStatement,
  scopeToOwner,
  type Owner,
  ownerParameters,
  forOwner,
} from '@/modules/organizations/index.js';
import { MAX_PAGE_BYTES, type PageWindow, SMALL_PAGE_BYTES } from '@/platform/pagination/index.js';
import {
  type Keyset,
  keysetQuery,
  limitPageBytes,
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

/** The statements of a list of rows with a text, which can be large. */
interface TextListStatements {
  small: OwnerListStatements;
  large: OwnerListStatements;
}

/** Builds the statements of a list of rows with a text; `bytes` is the SQL of the size of a row `p`. */
export function ownerTextListStatements(
  { bytes, ...options }: OwnerListOptions & { bytes: string },
  buildSql: (ownerFilter: string, after: string) => string,
): TextListStatements {
  const build = (name: string, maxBytes: number): OwnerListStatements =>
    ownerListStatements({ ...options, name }, (ownerFilter, after) =>
      limitPageBytes(buildSql(ownerFilter, after), bytes, maxBytes),
    );
  return {
    small: build(options.name, SMALL_PAGE_BYTES),
    large: build(`${options.name}.large`, MAX_PAGE_BYTES),
  };
}

/** Returns the statements for the kind of this owner: a session or an API key. */
export function textListForOwner({ small, large }: TextListStatements, owner: Owner): SizedKeyset {
  return { small: keysetForOwner(small, owner), large: keysetForOwner(large, owner) };
}

function keysetForOwner({ first, next }: OwnerListStatements, owner: Owner): Keyset {
  return { first: forOwner(first, owner), next: forOwner(next, owner) };
}
