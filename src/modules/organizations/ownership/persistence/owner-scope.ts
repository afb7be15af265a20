import type { Statement } from '@/platform/persistence/index.js';
import type { Owner } from '../owner.js';

/**
 * A statement over rows with `owner_id` and `organization_id`, in two forms that each walk their own index: what a
 * session sees, and what an API key sees. `$1` and `$2` are taken by {@link ownerValues}.
 */
export interface Owned {
  session: Statement;
  key: Statement;
}

/** `text` places the condition that a row of `alias` belongs to the owner. */
export function owned(name: string, alias: string, text: (mine: string) => string): Owned {
  return {
    session: { name, text: text(ofSession(alias)) },
    key: { name: `${name}.key`, text: text(`${alias}.owner_id = $1 AND ${alias}.organization_id = $2`) },
  };
}

function ofSession(alias: string): string {
  return `${alias}.owner_id = $1 AND (${alias}.organization_id IS NULL OR EXISTS (
    SELECT FROM memberships own_m JOIN organizations own_o ON own_o.id = own_m.organization_id
    WHERE own_m.organization_id = ${alias}.organization_id AND own_m.user_id = $1
      AND (NOT own_o.enforce_2fa OR $2::boolean)))`;
}

export function statementFor({ session, key }: Owned, owner: Owner): Statement {
  return owner.organizationId === null ? session : key;
}

/** `$1` and `$2` of an {@link Owned} statement. */
export function ownerValues({ userId, organizationId, provedFactor }: Owner): unknown[] {
  return [userId, organizationId ?? provedFactor];
}
