import { Injectable } from '@nestjs/common';
import { conversationErrors } from '@/modules/conversations/conversations.errors.js';
import { ownedList, ownedPage } from '@/modules/conversations/persistence/owner-list.js';
import { indexing } from '@/modules/conversations/persistence/search-index-sql.js';
import { type Owner, owned, ownerValues, statementFor } from '@/modules/organizations/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { Window } from '@/platform/pagination/page.js';
import { RepositoryBase, translating, UnitOfWork } from '@/platform/persistence/index.js';
import { Note } from './note.entity.js';

const LIST = ownedList(
  { name: 'notes.list', alias: 'n', condition: 'n.id < $4::uuid' },
  (mine, after) => `SELECT n.* FROM notes n WHERE ${mine} ${after} ORDER BY n.id DESC LIMIT $3`,
);

const LIST_ABOUT = ownedList(
  { name: 'notes.list_about', alias: 'n', condition: 'n.id < $5::uuid' },
  (mine, after) => `SELECT n.* FROM notes n WHERE n.conversation_id = $3 AND ${mine} ${after}
    ORDER BY n.id DESC LIMIT $4`,
);

const FIND = owned('notes.find', 'n', (mine) => `SELECT n.* FROM notes n WHERE n.id = $3 AND ${mine}`);

/**
 * A note and what it is about belong to the same person and organization, or one would outlive a right to it: made in
 * person about a conversation of an organization, it is that organization's too.
 * `$3` id, `$4` organization, `$5` conversation, `$6` title, `$7` content, `$8` now.
 */
const INSERT = owned(
  'notes.insert',
  'c',
  (mine) => `WITH n AS (
      INSERT INTO notes (id, owner_id, organization_id, conversation_id, title, content, created_at, updated_at)
      SELECT $3::uuid, $1, CASE WHEN $5::uuid IS NULL THEN $4::uuid ELSE about.organization_id END, $5::uuid,
             $6, $7, $8, $8
      FROM (SELECT) one LEFT JOIN LATERAL (
        SELECT c.id, c.organization_id FROM conversations c WHERE c.id = $5 AND ${mine}) about ON true
      WHERE $5::uuid IS NULL OR about.id IS NOT NULL
      RETURNING *
    ), entry AS (${indexing('note', 'FROM n')})
    SELECT * FROM n`,
);

/** `$3` id, `$4` conversation, `$5` title, `$6` content, `$7` now. What it is linked to may stay. */
const REPLACE = owned(
  'notes.replace',
  'n',
  (mine) => `WITH n AS (
      UPDATE notes n SET conversation_id = $4, title = $5, content = $6, updated_at = $7
      WHERE n.id = $3 AND ${mine} AND (n.conversation_id IS NOT DISTINCT FROM $4::uuid OR $4::uuid IS NULL
        OR EXISTS (SELECT FROM conversations c WHERE c.id = $4 AND c.owner_id = n.owner_id
                     AND c.organization_id IS NOT DISTINCT FROM n.organization_id))
      RETURNING n.*
    ), entry AS (${indexing('note', 'FROM n')})
    SELECT * FROM n`,
);

const DELETE = owned(
  'notes.delete',
  'n',
  (mine) => `DELETE FROM notes n WHERE n.id = $3 AND ${mine} RETURNING n.id`,
);

/** What it is about, or whose it is, can go away meanwhile. */
const CONSTRAINTS = {
  notes_conversation_id_fkey: conversationErrors.conversation_not_found,
  notes_owner_id_fkey: platformErrors.token_invalid,
  notes_organization_id_fkey: platformErrors.token_invalid,
};

export type NoteText = Pick<Note, 'conversation_id' | 'title' | 'content'>;

/** Notes. Every method takes the owner first. */
@Injectable()
export class NoteRepository extends RepositoryBase<Note> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Note);
  }

  list(owner: Owner, about: string | undefined, window: Window<string>): Promise<Note[]> {
    const page =
      about === undefined
        ? ownedPage(LIST, owner, [], window)
        : ownedPage(LIST_ABOUT, owner, [about], window);
    return this.query<Note>(...page);
  }

  async find(owner: Owner, id: string): Promise<Note | undefined> {
    return (await this.query<Note>(statementFor(FIND, owner), [...ownerValues(owner), id]))[0];
  }

  /** With its search entry. Undefined when the owner has no such conversation. */
  async insert(owner: Owner, id: string, text: NoteText, now: Date): Promise<Note | undefined> {
    const { conversation_id, title, content } = text;
    const made = [id, owner.organizationId, conversation_id, title, content, now];
    const values = [...ownerValues(owner), ...made];
    return translating(
      CONSTRAINTS,
      async () => (await this.query<Note>(statementFor(INSERT, owner), values))[0],
    );
  }

  /** With its search entry. Undefined when there is no such note, or none such conversation. */
  async replace(owner: Owner, id: string, text: NoteText, now: Date): Promise<Note | undefined> {
    const { conversation_id, title, content } = text;
    const values = [...ownerValues(owner), id, conversation_id, title, content, now];
    return translating(
      CONSTRAINTS,
      async () => (await this.query<Note>(statementFor(REPLACE, owner), values))[0],
    );
  }

  delete(owner: Owner, id: string): Promise<boolean> {
    return this.won(statementFor(DELETE, owner), [...ownerValues(owner), id]);
  }
}
