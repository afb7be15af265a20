import type { Actor } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';

/**
 * The owner of personal rows such as conversations and notes. A row created with an API key belongs to the creator of
 * the key and to its organization, and the key finds only such rows. A session finds all rows of its user, except rows
 * of organizations that the user has left, or that require a second factor which the session has not used.
 */
export interface Owner {
  userId: string;
  /** The organization of an API key; null for a session. */
  organizationId: OrganizationId | null;
  keyId: string | null;
  hasSecondFactor: boolean;
}

/** Returns the owner on whose behalf the actor creates and finds rows. */
export function toOwner(actor: Actor): Owner {
  const { userId, secondFactor: hasSecondFactor } = actor;
  if (actor.via === 'session') return { userId, organizationId: null, keyId: null, hasSecondFactor };
  return { userId, organizationId: actor.organizationId, keyId: actor.keyId, hasSecondFactor };
}
