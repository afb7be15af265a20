import { Injectable } from '@nestjs/common';
import {
  forOwner,
  organizationErrors,
  type Owner,
  ownerParameters,
  scopeToOwner,
} from '@/modules/organizations/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import {
  defineKeyset,
  keysetQuery,
  mapConstraintErrors,
  type Statement,
  UnitOfWork,
} from '@/platform/persistence/index.js';
import { type EndedLiveSession, type LiveSessionRow, SESSION_COLUMNS } from './live-session.row.js';

export type AnyLiveSession = LiveSessionRow | EndedLiveSession;

export type NewLiveSession = Omit<
  LiveSessionRow,
  'attachment' | 'last_seen_at' | 'lease_until' | 'quota_reached' | 'ended_at' | 'end_reason'
>;

/** A unique index refuses a second active session of a user, and a second session of an integration token. */
const INSERT = {
  name: 'live_sessions.insert',
  text: `INSERT INTO live_sessions AS t (id, owner_id, organization_id, payer_id, integration_jti, session_type, language, voice,
           instructions, module_id, use_knowledge, provider, started_at, last_seen_at, lease_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $13)
         ON CONFLICT DO NOTHING RETURNING ${SESSION_COLUMNS}`,
};

const FIND = {
  name: 'live_sessions.find',
  text: `SELECT ${SESSION_COLUMNS} FROM live_sessions t WHERE t.id = $1`,
};

const FIND_OWN = scopeToOwner(
  'live_sessions.find_own',
  't',
  (ownerCondition) => `SELECT ${SESSION_COLUMNS} FROM live_sessions t WHERE t.id = $3 AND ${ownerCondition}`,
);

const FIND_ACTIVE = scopeToOwner(
  'live_sessions.find_active',
  't',
  (ownerCondition) => `SELECT ${SESSION_COLUMNS}, ${ownerCondition} AS is_own
    FROM live_sessions t WHERE t.owner_id = $1 AND t.ended_at IS NULL`,
);

const FIND_BY_JTI = {
  name: 'live_sessions.find_by_jti',
  text: `SELECT ${SESSION_COLUMNS} FROM live_sessions t WHERE t.integration_jti = $1 AND t.organization_id = $2`,
};

const COUNT_ACTIVE = {
  name: 'live_sessions.count_active',
  text: `SELECT count(*)::int AS count FROM live_sessions WHERE payer_id = $1 AND ended_at IS NULL AND lease_until >= $2`,
};

const ATTACH = {
  name: 'live_sessions.attach',
  text: `UPDATE live_sessions SET attachment = attachment + 1 WHERE id = $1 AND ended_at IS NULL RETURNING attachment`,
};

const LIST_HOLDERS = {
  name: 'live_sessions.list_holders',
  text: `SELECT id, attachment, end_reason FROM live_sessions WHERE id = ANY($1::uuid[])`,
};

const LIST_ACTIVE_OF_MEMBER = {
  name: 'live_sessions.list_active_of_member',
  text: `SELECT id FROM live_sessions WHERE owner_id = $1 AND payer_id = $2 AND ended_at IS NULL`,
};

const LIST = defineKeyset(
  'live_sessions.list',
  't.id < $4::uuid',
  (
    after,
  ) => `SELECT ${SESSION_COLUMNS} FROM live_sessions t WHERE ${scopeToOwner('', 't', (own) => own).session.text} ${after}
    ORDER BY t.id DESC LIMIT $3`,
);

const LIST_USAGE = {
  name: 'live_pots.list_of_user',
  text: `SELECT month::text, (used_ms / 1000)::int AS used_seconds FROM live_pots WHERE user_id = $1 ORDER BY month DESC`,
};

/** The organization or the user can be deleted during the request. */
const CONSTRAINT_ERRORS = {
  live_sessions_owner_id_fkey: platformErrors.token_invalid,
  live_sessions_organization_id_fkey: platformErrors.token_invalid,
  live_sessions_payer_id_fkey: organizationErrors.organization_not_found,
};

/** Stores live sessions. */
@Injectable()
export class LiveSessionRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Returns undefined when the user has an active session, or the integration token has had a session. */
  insert(session: NewLiveSession): Promise<LiveSessionRow | undefined> {
    const values = [
      session.id,
      session.owner_id,
      session.organization_id,
      session.payer_id,
      session.integration_jti,
      session.session_type,
      session.language,
      session.voice,
      session.instructions,
      session.module_id,
      session.use_knowledge,
      session.provider,
      session.started_at,
    ];
    return mapConstraintErrors(CONSTRAINT_ERRORS, () => this.one<LiveSessionRow>(INSERT, values));
  }

  find(id: string): Promise<AnyLiveSession | undefined> {
    return this.one<AnyLiveSession>(FIND, [id]);
  }

  findOwn(owner: Owner, id: string): Promise<AnyLiveSession | undefined> {
    return this.one<AnyLiveSession>(forOwner(FIND_OWN, owner), [...ownerParameters(owner), id]);
  }

  /** Returns the active session of the user. `is_own` tells whether this owner may see it: a key sees only its own. */
  findActive(owner: Owner): Promise<(LiveSessionRow & { is_own: boolean }) | undefined> {
    return this.one(forOwner(FIND_ACTIVE, owner), ownerParameters(owner));
  }

  findByJti(jti: string, organizationId: OrganizationId): Promise<AnyLiveSession | undefined> {
    return this.one<AnyLiveSession>(FIND_BY_JTI, [jti, organizationId]);
  }

  /** Returns the number of active sessions that the organization pays. */
  async countActive(payerId: OrganizationId, now: Date): Promise<number> {
    return (await this.one<{ count: number }>(COUNT_ACTIVE, [payerId, now]))?.count ?? 0;
  }

  /** Returns the number of the new attachment; undefined when the session is not active. */
  async attach(id: string): Promise<number | undefined> {
    return (await this.one<{ attachment: number }>(ATTACH, [id]))?.attachment;
  }

  /** Returns the last attachment of each session, and why it has ended. */
  listHolders(ids: readonly string[]): Promise<Pick<LiveSessionRow, 'id' | 'attachment' | 'end_reason'>[]> {
    return this.unitOfWork.query(LIST_HOLDERS, [ids]);
  }

  /** Returns the ids of the active sessions of a member that the organization pays. */
  async listActiveOfMember(userId: string, payerId: OrganizationId): Promise<string[]> {
    const rows = await this.unitOfWork.query<{ id: string }>(LIST_ACTIVE_OF_MEMBER, [userId, payerId]);
    return rows.map(({ id }) => id);
  }

  /** Returns the sessions of a user for an export, newest first. */
  list(owner: Owner, window: PageWindow<string>): Promise<AnyLiveSession[]> {
    return this.unitOfWork.query(...keysetQuery(LIST, ownerParameters(owner), window));
  }

  /** Returns the used seconds of a user in each month, the last month first. */
  listUsage(userId: string): Promise<{ month: string; used_seconds: number }[]> {
    return this.unitOfWork.query(LIST_USAGE, [userId]);
  }

  private async one<Row extends object>(statement: Statement, values: unknown[]): Promise<Row | undefined> {
    return (await this.unitOfWork.query<Row>(statement, values))[0];
  }
}
