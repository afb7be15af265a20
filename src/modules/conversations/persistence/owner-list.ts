import { type Owned, owned, type Owner, ownerValues, statementFor } from '@/modules/organizations/index.js';
import type { Window } from '@/platform/pagination/page.js';
import { pageOf, type Statement } from '@/platform/persistence/index.js';

/** A list of what an owner has, in as many statements as there are indexes and places to begin. */
interface OwnedList {
  first: Owned;
  next: Owned;
}

interface Listing {
  name: string;
  alias: string;
  /** What begins the next page. */
  condition: string;
}

/** `text` places whose rows they are, and where the page begins. `$1` and `$2` are the owner's. */
export function ownedList(
  { name, alias, condition }: Listing,
  text: (mine: string, after: string) => string,
): OwnedList {
  return {
    first: owned(name, alias, (mine) => text(mine, '')),
    next: owned(`${name}.next`, alias, (mine) => text(mine, `AND ${condition}`)),
  };
}

/** The statement for this page, and its values. */
export function ownedPage<Position>(
  { first, next }: OwnedList,
  owner: Owner,
  values: unknown[],
  window: Window<Position>,
): [Statement, unknown[]] {
  const statements = { first: statementFor(first, owner), next: statementFor(next, owner) };
  return pageOf(statements, [...ownerValues(owner), ...values], window);
}
