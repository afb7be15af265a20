import { Injectable } from '@nestjs/common';
import { conversationErrors } from '@/modules/conversations/conversations.errors.js';
import {
  type OwnerScopedStatement,
  type Owner,
  scopeToOwner,
  ownerParameters,
  forOwner,
} from '@/modules/organizations/index.js';
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

/** An inactive session ended at its last activity. */
const CLOSE_INACTIVE = scopeToOwner(
  'learning_sessions.close',
  'c',
  (ownerFilter) => `UPDATE learning_sessions SET ended_at = last_activity_at
    WHERE ${conversationFilter(ownerFilter)} AND ended_at IS NULL AND last_activity_at <= $4 RETURNING *`,
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
    WHERE ${conversationFilter(ownerFilter)} AND ended_at IS NULL AND last_activity_at > $4 RETURNING *`,
);

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
  closeInactive(owner: Owner, conversationId: string, since: Date): Promise<LearningSession | undefined> {
    return this.queryOneForOwner(CLOSE_INACTIVE, owner, [conversationId, since]);
  }

  /** Moves the last activity forward. Returns undefined without an active session. */
  touch(owner: Owner, conversationId: string, since: Date, now: Date): Promise<LearningSession | undefined> {
    return this.queryOneForOwner(TOUCH, owner, [conversationId, since, now]);
  }

  /** Ends the active session. Returns undefined without one. */
  end(owner: Owner, conversationId: string, since: Date, now: Date): Promise<LearningSession | undefined> {
    return this.queryOneForOwner(END, owner, [conversationId, since, now]);
  }

  private async queryOneForOwner(
    statement: OwnerScopedStatement,
    owner: Owner,
    values: unknown[],
  ): Promise<LearningSession | undefined> {
    return this.one<LearningSession>(forOwner(statement, owner), [...ownerParameters(owner), ...values]);
  }
}
