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

/** `$3` is the conversation. */
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

/** One that went silent ended when it was last heard of. */
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

/** The conversation can be deleted while its session starts. */
const CONSTRAINT_ERRORS = {
  learning_sessions_conversation_id_fkey: conversationErrors.conversation_not_found,
};

/** Each change is one conditional update. `since`: a session not heard of after it has ended by itself. */
@Injectable()
export class LearningSessionRepository extends RepositoryBase<LearningSession> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, LearningSession);
  }

  /** Undefined when there is one, or no such conversation. */
  start(owner: Owner, conversationId: string, id: string, now: Date): Promise<LearningSession | undefined> {
    return mapConstraintErrors(CONSTRAINT_ERRORS, () =>
      this.queryOneForOwner(START, owner, [conversationId, id, now]),
    );
  }

  findActive(owner: Owner, conversationId: string, since: Date): Promise<LearningSession | undefined> {
    return this.queryOneForOwner(FIND_ACTIVE, owner, [conversationId, since]);
  }

  closeInactive(owner: Owner, conversationId: string, since: Date): Promise<LearningSession | undefined> {
    return this.queryOneForOwner(CLOSE_INACTIVE, owner, [conversationId, since]);
  }

  touch(owner: Owner, conversationId: string, since: Date, now: Date): Promise<LearningSession | undefined> {
    return this.queryOneForOwner(TOUCH, owner, [conversationId, since, now]);
  }

  end(owner: Owner, conversationId: string, since: Date, now: Date): Promise<LearningSession | undefined> {
    return this.queryOneForOwner(END, owner, [conversationId, since, now]);
  }

  private async queryOneForOwner(
    statement: OwnerScopedStatement,
    owner: Owner,
    values: unknown[],
  ): Promise<LearningSession | undefined> {
    const parameters = [...ownerParameters(owner), ...values];
    return this.one<LearningSession>(forOwner(statement, owner), parameters);
  }
}
