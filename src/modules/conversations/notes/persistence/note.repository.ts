import { Injectable } from '@nestjs/common';
import { conversationErrors } from '@/modules/conversations/conversations.errors.js';
import { ownerTextListStatements, textListForOwner } from '@/modules/conversations/persistence/owner-list.js';
import { upsertSearchEntriesSql } from '@/modules/conversations/persistence/search-index-sql.js';
import { type Owner, scopeToOwner, ownerParameters, forOwner } from '@/modules/organizations/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { JsonPage, PageWindow } from '@/platform/pagination/index.js';
import {
  jsonObjectSql,
  jsonTimestampSql,
  RepositoryBase,
  mapConstraintErrors,
  UnitOfWork,
} from '@/platform/persistence/index.js';
import { Note } from './note.entity.js';

/** `json`: a note as in `NoteResponse.from`. */
const ROW = {
  alias: 'n',
  bytes: 'octet_length(p.content)',
  position: 'id',
  json: jsonObjectSql({
    id: 'id',
    title: 'title',
    content: 'content',
    conversation_id: 'conversation_id',
    created_at: jsonTimestampSql('created_at'),
    updated_at: jsonTimestampSql('updated_at'),
  }),
};

const LIST = ownerTextListStatements(
  { ...ROW, name: 'notes.list', nextPageCondition: 'n.id < $4::uuid', limit: '$3' },
  (ownerFilter, after) => `SELECT n.* FROM notes n WHERE ${ownerFilter} ${after} ORDER BY n.id DESC LIMIT $3`,
);

const LIST_BY_CONVERSATION = ownerTextListStatements(
  { ...ROW, name: 'notes.list_by_conversation', nextPageCondition: 'n.id < $5::uuid', limit: '$4' },
  (ownerFilter, after) => `SELECT n.* FROM notes n WHERE n.conversation_id = $3 AND ${ownerFilter} ${after}
    ORDER BY n.id DESC LIMIT $4`,
);

const FIND = scopeToOwner(
  'notes.find',
  'n',
  (ownerFilter) => `SELECT n.* FROM notes n WHERE n.id = $3 AND ${ownerFilter}`,
);

/**
 * A note takes the organization of its conversation. Otherwise a user who leaves the organization would still have
 * access to one of them.
 * `$3` id, `$4` organization, `$5` conversation, `$6` title, `$7` content, `$8` now.
 */
const INSERT = scopeToOwner(
  'notes.insert',
  'c',
  (ownerFilter) => `WITH n AS (
      INSERT INTO notes (id, owner_id, organization_id, conversation_id, title, content, created_at, updated_at)
      SELECT $3::uuid, $1, CASE WHEN $5::uuid IS NULL THEN $4::uuid ELSE source.organization_id END, $5::uuid,
             $6, $7, $8, $8
      FROM (SELECT) one LEFT JOIN LATERAL (
        SELECT c.id, c.organization_id FROM conversations c WHERE c.id = $5 AND ${ownerFilter}) source ON true
      WHERE $5::uuid IS NULL OR source.id IS NOT NULL
      RETURNING *
    ), entry AS (${upsertSearchEntriesSql('note', 'FROM n')})
    SELECT * FROM n`,
);

/**
 * `$3` id, `$4` conversation, `$5` title, `$6` content, `$7` now. A link that does not change is not checked again.
 */
const REPLACE = scopeToOwner(
  'notes.replace',
  'n',
  (ownerFilter) => `WITH n AS (
      UPDATE notes n SET conversation_id = $4, title = $5, content = $6, updated_at = $7
      WHERE n.id = $3 AND ${ownerFilter} AND (n.conversation_id IS NOT DISTINCT FROM $4::uuid OR $4::uuid IS NULL
        OR EXISTS (SELECT FROM conversations c WHERE c.id = $4 AND c.owner_id = n.owner_id
                     AND c.organization_id IS NOT DISTINCT FROM n.organization_id))
      RETURNING n.*
    ), entry AS (${upsertSearchEntriesSql('note', 'FROM n')})
    SELECT * FROM n`,
);

const DELETE = scopeToOwner(
  'notes.delete',
  'n',
  (ownerFilter) => `DELETE FROM notes n WHERE n.id = $3 AND ${ownerFilter} RETURNING n.id`,
);

/** The conversation, user or organization can be deleted during the request. */
const CONSTRAINT_ERRORS = {
  notes_conversation_id_fkey: conversationErrors.conversation_not_found,
  notes_owner_id_fkey: platformErrors.token_invalid,
  notes_organization_id_fkey: platformErrors.token_invalid,
};

export type NoteInput = Pick<Note, 'conversation_id' | 'title' | 'content'>;

/** Stores notes. Every method takes the owner first, and finds only rows of this owner. */
@Injectable()
export class NoteRepository extends RepositoryBase<Note> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Note);
  }

  /** Returns notes, newest first; only those about one conversation when `conversationId` is given. */
  list(
    owner: Owner,
    conversationId: string | undefined,
    window: PageWindow<string>,
  ): Promise<JsonPage<string>> {
    const [list, values] =
      conversationId === undefined ? [LIST, []] : [LIST_BY_CONVERSATION, [conversationId]];
    return this.jsonPage(textListForOwner(list, owner), [...ownerParameters(owner), ...values], window);
  }

  /** Returns notes for an export, newest first. */
  listPart(owner: Owner, window: PageWindow<string>): Promise<Note[]> {
    return this.part(textListForOwner(LIST, owner), ownerParameters(owner), window);
  }

  async find(owner: Owner, id: string): Promise<Note | undefined> {
    return this.one<Note>(forOwner(FIND, owner), [...ownerParameters(owner), id]);
  }

  /** Inserts the note and its search entry. Returns undefined when the owner has no such conversation. */
  async insert(owner: Owner, id: string, input: NoteInput, now: Date): Promise<Note | undefined> {
    const { conversation_id, title, content } = input;
    const noteValues = [id, owner.organizationId, conversation_id, title, content, now];
    const values = [...ownerParameters(owner), ...noteValues];
    const insert = (): Promise<Note | undefined> => this.one(forOwner(INSERT, owner), values);
    return mapConstraintErrors(CONSTRAINT_ERRORS, () => this.unitOfWork.runStatement(insert));
  }

  /** Changes the note and its search entry. Returns undefined without such a note or such a conversation. */
  async replace(owner: Owner, id: string, input: NoteInput, now: Date): Promise<Note | undefined> {
    const { conversation_id, title, content } = input;
    const values = [...ownerParameters(owner), id, conversation_id, title, content, now];
    return mapConstraintErrors(CONSTRAINT_ERRORS, () => this.one<Note>(forOwner(REPLACE, owner), values));
  }

  delete(owner: Owner, id: string): Promise<boolean> {
    return this.affectedOneRow(forOwner(DELETE, owner), [...ownerParameters(owner), id]);
  }
}
