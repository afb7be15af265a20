import { Injectable } from '@nestjs/common';
import { type Owner, scopeToOwner, ownerParameters, forOwner } from '@/modules/organizations/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { RepositoryBase, mapConstraintErrors, UnitOfWork } from '@/platform/persistence/index.js';
import { Conversation } from './conversation.entity.js';
import { ownerListStatements, ownerPageStatement } from './owner-list.js';
import { upsertSearchEntriesSql } from './search-index-sql.js';

const LIST = ownerListStatements(
  { name: 'conversations.list', alias: 'c', nextPageCondition: 'c.id < $4::uuid' },
  (ownerFilter, after) =>
    `SELECT c.* FROM conversations c WHERE ${ownerFilter} ${after} ORDER BY c.id DESC LIMIT $3`,
);

const FIND = scopeToOwner(
  'conversations.find',
  'c',
  (ownerFilter) => `SELECT c.* FROM conversations c WHERE c.id = $3 AND ${ownerFilter}`,
);

const INSERT = {
  name: 'conversations.insert',
  text: `WITH c AS (
      INSERT INTO conversations (id, owner_id, organization_id, title, titled, provider, metadata, message_count,
        created_at, updated_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, 0, $8, $8) RETURNING *
    ), entry AS (${upsertSearchEntriesSql('conversation', 'FROM c')})
    SELECT * FROM c`,
};

/** `$4` title or null, `$5` whether `$6` replaces the provider, `$7` metadata or null, `$8` now. */
const UPDATE = scopeToOwner(
  'conversations.update',
  'c',
  (ownerFilter) => `WITH c AS (
      UPDATE conversations c SET title = coalesce($4, title), titled = titled OR $4 IS NOT NULL,
        provider = CASE WHEN $5::boolean THEN $6 ELSE provider END,
        metadata = coalesce($7::jsonb, metadata), updated_at = $8
      WHERE c.id = $3 AND ${ownerFilter} RETURNING c.*
    ), entry AS (${upsertSearchEntriesSql('conversation', 'FROM c WHERE $4 IS NOT NULL')})
    SELECT * FROM c`,
);

const DELETE = scopeToOwner(
  'conversations.delete',
  'c',
  (ownerFilter) => `DELETE FROM conversations c WHERE c.id = $3 AND ${ownerFilter} RETURNING c.id`,
);

/** The user or organization can be deleted during the request; then its credentials are invalid. */
const CONSTRAINT_ERRORS = {
  conversations_owner_id_fkey: platformErrors.token_invalid,
  conversations_organization_id_fkey: platformErrors.token_invalid,
};

type NewConversation = Pick<Conversation, 'id' | 'title' | 'titled' | 'provider' | 'metadata' | 'created_at'>;

export type ConversationChanges = Partial<Pick<Conversation, 'title' | 'provider' | 'metadata'>>;

/** Stores conversations. Every method takes the owner first, and finds only rows of this owner. */
@Injectable()
export class ConversationRepository extends RepositoryBase<Conversation> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Conversation);
  }

  /** Returns conversations, newest first. */
  list(owner: Owner, window: PageWindow<string>): Promise<Conversation[]> {
    return this.query<Conversation>(...ownerPageStatement(LIST, owner, [], window));
  }

  async find(owner: Owner, id: string): Promise<Conversation | undefined> {
    return this.one<Conversation>(forOwner(FIND, owner), [...ownerParameters(owner), id]);
  }

  /** Inserts the conversation and its search entry. */
  async insert(owner: Owner, row: NewConversation): Promise<Conversation | undefined> {
    const { id, title, titled, provider, metadata, created_at } = row;
    const json = JSON.stringify(metadata);
    const values = [id, owner.userId, owner.organizationId, title, titled, provider, json, created_at];
    const insert = (): Promise<Conversation | undefined> => this.one(INSERT, values);
    return mapConstraintErrors(CONSTRAINT_ERRORS, () => this.unitOfWork.runStatement(insert));
  }

  /** Changes the conversation and its search entry. Returns undefined when the owner has no such conversation. */
  async update(
    owner: Owner,
    id: string,
    { title, provider, metadata }: ConversationChanges,
    now: Date,
  ): Promise<Conversation | undefined> {
    const json = metadata === undefined ? null : JSON.stringify(metadata);
    const changes = [title ?? null, provider !== undefined, provider ?? null, json, now];
    return this.one<Conversation>(forOwner(UPDATE, owner), [...ownerParameters(owner), id, ...changes]);
  }

  /** Deletes the conversation with its messages, learning sessions and search entries; unlinks its notes. */
  delete(owner: Owner, id: string): Promise<boolean> {
    return this.affectedOneRow(forOwner(DELETE, owner), [...ownerParameters(owner), id]);
  }
}
