import { type Owner, toOwner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { LiveSessionType } from './live-session.rules.js';
import type { LiveSessionRow } from './persistence/live-session.row.js';
import type { PracticeModule } from './practice-module.registry.js';

/** What a socket needs to know about its session. */
export interface LiveSessionContext {
  sessionId: string;
  /** Who speaks; null for an embedded session. Its credentials must stay valid while the socket is open. */
  actor: Actor | null;
  /** Null for an embedded session. */
  owner: Owner | null;
  userId: string | null;
  /** The paying organization; for an embedded session the tenant. */
  organizationId: OrganizationId | null;
  sessionType: LiveSessionType;
  language: string | null;
  voice: string | null;
  instructions: string | null;
  useKnowledge: boolean;
  practiceModule: PracticeModule | null;
  /** Null: `auto`. */
  provider: string | null;
  startedAt: Date;
}

/** Returns the context of a session for its owner, or for an integration token (`actor` null). */
export function toLiveSessionContext(
  row: LiveSessionRow,
  actor: Actor | null,
  practiceModule: PracticeModule | null,
): LiveSessionContext {
  return {
    sessionId: row.id,
    actor,
    owner: actor && toOwner(actor),
    userId: row.owner_id,
    organizationId: row.payer_id,
    sessionType: row.session_type,
    language: row.language,
    voice: row.voice,
    instructions: row.instructions,
    useKnowledge: row.use_knowledge,
    practiceModule,
    provider: row.provider,
    startedAt: row.started_at,
  };
}
