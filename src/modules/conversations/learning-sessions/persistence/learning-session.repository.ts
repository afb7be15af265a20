import { Injectable } from '@nestjs/common';
import { conversationErrors } from '@/modules/conversations/conversations.errors.js';
import {
  type OwnerScopedStatement,
  type Owner,
  scopeToOwner,
  ownerParameters,
  forOwner,
} from '@/modules/organizations/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { RepositoryBase, mapConstraintErrors, UnitOfWork } from '@/platform/persistence/index.js';
import { LearningSession } from './learning-session.entity.js';

/** Selects the rows of conversation `$3` when it belongs to the owner. */
const conversationFilter = (ownerFilter: string): string =>
  `conversation_id = (SELECT c.id FROM conversations c WHERE c.id = $3 AND ${ownerFilter})`;

const START = scopeToOwner(
  'learning_sessions.start',
  'c',
  (ownerFilter) => `INSERT INTO learning_sessions (id, conversation_id, started_at, last_activity_at)
    SELECT $4::uuid, c.id, $5, $5 FROM conversations c WHERE c.id = $3 AND ${ownerFilter}
    ON CONFLICT (conversation_id) WHERE ended_at IS NULL DO NOTHING RETURNING *`,
);

const FIND_ACTIVE = scopeToOwner(
  'learning_sessions.active',
  'c',
  (ownerFilter) =>
    `SELECT * FROM learning_sessions WHERE ${conversationFilter(ownerFilter)} AND ended_at IS NULL AND last_activity_at > $4`,
);

/** An ended session with the owner of its conversation. */
const RETURN_ENDED = `RETURNING *,
  (SELECT o.owner_id FROM conversations o WHERE o.id = learning_sessions.conversation_id) AS owner_id,
  (SELECT o.organization_id FROM conversations o WHERE o.id = learning_sessions.conversation_id) AS organization_id`;

/** An inactive session ended at its last activity. */
const CLOSE_INACTIVE = scopeToOwner(
  'learning_sessions.close',
  'c',
  (ownerFilter) => `UPDATE learning_sessions SET ended_at = last_activity_at
    WHERE ${conversationFilter(ownerFilter)} AND ended_at IS NULL AND last_activity_at <= $4 ${RETURN_ENDED}`,
);

const TOUCH = scopeToOwner(
  'learning_sessions.touch',
  'c',
  (ownerFilter) => `UPDATE learning_sessions SET last_activity_at = greatest(last_activity_at, $5)
    WHERE ${conversationFilter(ownerFilter)} AND ended_at IS NULL AND last_activity_at > $4 RETURNING *`,
);

const END = scopeToOwner(
  'learning_sessions.end',
  'c',
  (ownerFilter) => `UPDATE learning_sessions
    SET last_activity_at = greatest(last_activity_at, $5), ended_at = greatest(last_activity_at, $5)
    WHERE ${conversationFilter(ownerFilter)} AND ended_at IS NULL AND last_activity_at > $4 ${RETURN_ENDED}`,
);

const HAS_INACTIVE = {
  name: 'learning_sessions.has_inactive',
  text: `SELECT s.id FROM conversations c JOIN learning_sessions s ON s.conversation_id = c.id
         WHERE c.owner_id = $1 AND s.ended_at IS NULL AND s.last_activity_at <= $2 LIMIT 1`,
};

const CLOSE_ALL_INACTIVE = {
  name: 'learning_sessions.close_all',
  text: `UPDATE learning_sessions SET ended_at = last_activity_at
         WHERE conversation_id IN (SELECT c.id FROM conversations c WHERE c.owner_id = $1)
           AND ended_at IS NULL AND last_activity_at <= $2 ${RETURN_ENDED}`,
};

export interface EndedLearningSession extends LearningSession {
  ended_at: Date;
  owner_id: string;
  organization_id: OrganizationId | null;
}

/** The conversation can be deleted while a session of it is inserted. */
const CONSTRAINT_ERRORS = {
  learning_sessions_conversation_id_fkey: conversationErrors.conversation_not_found,
};

/**
 * Stores learning sessions. Each change is one conditional update. A session whose last activity is not after `since`
 * is inactive: it counts as ended.
 */
@Injectable()
export class LearningSessionRepository extends RepositoryBase<LearningSession> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, LearningSession);
  }

  /** Returns undefined when a session that has not ended exists, or the owner has no such conversation. */
  start(owner: Owner, conversationId: string, id: string, now: Date): Promise<LearningSession | undefined> {
    return mapConstraintErrors(CONSTRAINT_ERRORS, () =>
      this.queryOneForOwner(START, owner, [conversationId, id, now]),
    );
  }

  findActive(owner: Owner, conversationId: string, since: Date): Promise<LearningSession | undefined> {
    return this.queryOneForOwner(FIND_ACTIVE, owner, [conversationId, since]);
  }

  /** Ends the session at its last activity when it is inactive. */
  closeInactive(
    owner: Owner,
    conversationId: string,
    since: Date,
  ): Promise<EndedLearningSession | undefined> {
    return this.queryOneForOwner(CLOSE_INACTIVE, owner, [conversationId, since]);
  }

  async hasInactive(userId: string, since: Date): Promise<boolean> {
    return this.affectedOneRow(HAS_INACTIVE, [userId, since]);
  }

  /** Ends the inactive sessions of a user, each at its last activity. */
  closeAllInactive(userId: string, since: Date): Promise<EndedLearningSession[]> {
    return this.query<EndedLearningSession>(CLOSE_ALL_INACTIVE, [userId, since]);
  }

  /** Moves the last activity forward. Returns undefined without an active session. */
  touch(owner: Owner, conversationId: string, since: Date, now: Date): Promise<LearningSession | undefined> {
    return this.queryOneForOwner(TOUCH, owner, [conversationId, since, now]);
  }

  /** Ends the active session. Returns undefined without one. */
  end(
    owner: Owner,
    conversationId: string,
    since: Date,
    now: Date,
  ): Promise<EndedLearningSession | undefined> {
    return this.queryOneForOwner(END, owner, [conversationId, since, now]);
  }

  private async queryOneForOwner<Row extends LearningSession>(
    statement: OwnerScopedStatement,
    owner: Owner,
    values: unknown[],
  ): Promise<Row | undefined> {
    return this.one<Row>(forOwner(statement, owner), [...ownerParameters(owner), ...values]);
  }
}
