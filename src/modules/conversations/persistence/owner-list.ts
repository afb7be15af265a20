import {
  type OwnerScopedStatement,
  scopeToOwner,
  type Owner,
  ownerParameters,
  forOwner,
} from '@/modules/organizations/index.js';
import type { PageWindow } from '@/platform/pagination/page.js';
import { keysetQuery, type Statement } from '@/platform/persistence/index.js';

/** A list of what an owner has, in as many statements as there are indexes and places to begin. */
interface OwnerListStatements {
  first: OwnerScopedStatement;
  next: OwnerScopedStatement;
}

interface OwnerListOptions {
  name: string;
  alias: string;
  /** What begins the next page. */
  nextPageCondition: string;
}

/** `text` places whose rows they are, and where the page begins. `$1` and `$2` are the owner's. */
export function ownerListStatements(
  { name, alias, nextPageCondition: condition }: OwnerListOptions,
  buildSql: (ownerFilter: string, after: string) => string,
): OwnerListStatements {
  return {
    first: scopeToOwner(name, alias, (mine) => buildSql(mine, '')),
    next: scopeToOwner(`${name}.next`, alias, (mine) => buildSql(mine, `AND ${condition}`)),
  };
}

/** The statement for this page, and its values. */
export function ownerPageStatement<Position>(
  { first, next }: OwnerListStatements,
  owner: Owner,
  values: unknown[],
  window: PageWindow<Position>,
): [Statement, unknown[]] {
  const statements = { first: forOwner(first, owner), next: forOwner(next, owner) };
  return keysetQuery(statements, [...ownerParameters(owner), ...values], window);
}
