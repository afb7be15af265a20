import { Injectable } from '@nestjs/common';
import { conversationErrors } from '@/modules/conversations/conversations.errors.js';
import { type Owned, type Owner, owned, ownerValues, statementFor } from '@/modules/organizations/index.js';
import { RepositoryBase, translating, UnitOfWork } from '@/platform/persistence/index.js';
import { LearningSession } from './learning-session.entity.js';

/** `$3` is the conversation. */
const HERE = (mine: string): string =>
  `conversation_id = (SELECT c.id FROM conversations c WHERE c.id = $3 AND ${mine})`;

const START = owned(
  'learning_sessions.start',
  'c',
  (mine) => `INSERT INTO learning_sessions (id, conversation_id, started_at, last_activity_at)
    SELECT $4::uuid, c.id, $5, $5 FROM conversations c WHERE c.id = $3 AND ${mine}
    ON CONFLICT (conversation_id) WHERE ended_at IS NULL DO NOTHING RETURNING *`,
);

const ACTIVE = owned(
  'learning_sessions.active',
  'c',
  (mine) =>
    `SELECT * FROM learning_sessions WHERE ${HERE(mine)} AND ended_at IS NULL AND last_activity_at > $4`,
);

/** One that went silent ended when it was last heard of. */
const CLOSE = owned(
  'learning_sessions.close',
  'c',
  (mine) => `UPDATE learning_sessions SET ended_at = last_activity_at
    WHERE ${HERE(mine)} AND ended_at IS NULL AND last_activity_at <= $4 RETURNING *`,
);

const TOUCH = owned(
  'learning_sessions.touch',
  'c',
  (mine) => `UPDATE learning_sessions SET last_activity_at = greatest(last_activity_at, $5)
    WHERE ${HERE(mine)} AND ended_at IS NULL AND last_activity_at > $4 RETURNING *`,
);

const END = owned(
  'learning_sessions.end',
  'c',
  (mine) => `UPDATE learning_sessions
    SET last_activity_at = greatest(last_activity_at, $5), ended_at = greatest(last_activity_at, $5)
    WHERE ${HERE(mine)} AND ended_at IS NULL AND last_activity_at > $4 RETURNING *`,
);

/** The conversation can be deleted while its session starts. */
const CONSTRAINTS = {
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
    return translating(CONSTRAINTS, () => this.one(START, owner, [conversationId, id, now]));
  }

  active(owner: Owner, conversationId: string, since: Date): Promise<LearningSession | undefined> {
    return this.one(ACTIVE, owner, [conversationId, since]);
  }

  close(owner: Owner, conversationId: string, since: Date): Promise<LearningSession | undefined> {
    return this.one(CLOSE, owner, [conversationId, since]);
  }

  touch(owner: Owner, conversationId: string, since: Date, now: Date): Promise<LearningSession | undefined> {
    return this.one(TOUCH, owner, [conversationId, since, now]);
  }

  end(owner: Owner, conversationId: string, since: Date, now: Date): Promise<LearningSession | undefined> {
    return this.one(END, owner, [conversationId, since, now]);
  }

  private async one(statement: Owned, owner: Owner, values: unknown[]): Promise<LearningSession | undefined> {
    const all = [...ownerValues(owner), ...values];
    return (await this.query<LearningSession>(statementFor(statement, owner), all))[0];
  }
}
