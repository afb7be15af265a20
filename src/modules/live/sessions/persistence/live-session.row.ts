import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { LiveEndReason, LiveSessionType } from '../live-session.rules.js';

/** A row of `live_sessions`. */
export interface LiveSessionRow {
  id: string;
  /** Null for an embedded session. */
  owner_id: string | null;
  /** The organization of an API key or of an integration token. */
  organization_id: OrganizationId | null;
  /** The organization whose plan counts, and that is told about the end. */
  payer_id: OrganizationId | null;
  integration_jti: string | null;
  session_type: LiveSessionType;
  language: string | null;
  voice: string | null;
  instructions: string | null;
  module_id: string | null;
  use_knowledge: boolean;
  provider: string | null;
  /** The number of sockets that were attached so far. Only the last one may use the session. */
  attachment: number;
  started_at: Date;
  last_seen_at: Date;
  lease_until: Date;
  quota_reached: boolean;
  ended_at: Date | null;
  end_reason: LiveEndReason | null;
}

export type EndedLiveSession = LiveSessionRow & { ended_at: Date; end_reason: LiveEndReason } & {
  /** What remained of the month at the end; null: unlimited. */
  remaining_ms: number | null;
};

/** An active session right after its lease was extended. */
export interface ExtendedLiveSession extends LiveSessionRow {
  /** Milliseconds of the month; null: unlimited. */
  limit_ms: number | null;
  used_ms: number;
}

/** Columns of a session `t`. */
export const SESSION_COLUMNS = `t.id, t.owner_id, t.organization_id, t.payer_id, t.integration_jti, t.session_type, t.language,
  t.voice, t.instructions, t.module_id, t.use_knowledge, t.provider, t.attachment, t.started_at, t.last_seen_at, t.lease_until,
  t.quota_reached, t.ended_at, t.end_reason, t.remaining_ms::float8 AS remaining_ms`;
