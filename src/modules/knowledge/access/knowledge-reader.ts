import type { Actor } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';

/**
 * On whose behalf documents are read. A session finds the documents of its user, and the shared ones of their
 * organizations that it may enter. An API key finds what its creator made with keys of its organization, and the shared
 * documents of this organization that its creator may read.
 */
export interface KnowledgeReader {
  userId: string;
  /** The organization of an API key; null for a session. */
  organizationId: OrganizationId | null;
  hasSecondFactor: boolean;
}

export function toKnowledgeReader(actor: Actor): KnowledgeReader {
  const { userId, secondFactor: hasSecondFactor } = actor;
  const organizationId = actor.via === 'session' ? null : actor.organizationId;
  return { userId, organizationId, hasSecondFactor };
}
