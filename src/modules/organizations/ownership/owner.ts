import type { Actor } from '@/platform/access/actor.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';

/**
 * In whose name personal things (conversations, notes) are made and found. What is made through an API key belongs
 * to its creator and the key's organization, and the key sees only that. A session sees all that is the person's
 * own, except what belongs to an organization they are no member of, or that requires a second factor not given.
 */
export interface Owner {
  userId: string;
  /** The organization of an API key; null for a session. */
  organizationId: OrganizationId | null;
  keyId: string | null;
  hasSecondFactor: boolean;
}

export function toOwner(actor: Actor): Owner {
  const { userId, secondFactor: hasSecondFactor } = actor;
  if (actor.via === 'session') return { userId, organizationId: null, keyId: null, hasSecondFactor };
  return { userId, organizationId: actor.organizationId, keyId: actor.keyId, hasSecondFactor };
}
