import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Note } from '@/modules/conversations/notes/persistence/note.entity.js';
import { Conversation } from '@/modules/conversations/persistence/conversation.entity.js';
import type { SourceKind } from '@/modules/conversations/persistence/search-index-sql.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** The index entry of a conversation, message or note. It is deleted with its source. */
@Entity('search_entries')
@Check(
  'search_entries_kind_check',
  `CASE kind
    WHEN 'note' THEN note_id IS NOT NULL AND conversation_id IS NULL
    WHEN 'conversation' THEN note_id IS NULL AND conversation_id IS NOT NULL
    WHEN 'message' THEN note_id IS NULL AND conversation_id IS NOT NULL
    ELSE false
  END`,
)
@Index('search_entries_conversation_id_idx', ['conversation_id'], { where: 'conversation_id IS NOT NULL' })
@Index('search_entries_note_id_idx', ['note_id'], { where: 'note_id IS NOT NULL' })
@Index('search_entries_owner_id_idx', { synchronize: false })
@Index('search_entries_organization_id_idx', { synchronize: false })
@Index('search_entries_tsv_idx', { synchronize: false })
export class SearchEntry {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'search_entries_pkey' })
  source_id!: string;

  @Column('text')
  kind!: SourceKind;

  @Column('uuid')
  owner_id!: string;

  @Column('uuid', { nullable: true })
  organization_id!: OrganizationId | null;

  /** The indexed conversation, or the conversation of the indexed message. */
  @Column('uuid', { nullable: true })
  @ForeignKey(() => Conversation, { name: 'search_entries_conversation_id_fkey', onDelete: 'CASCADE' })
  conversation_id!: string | null;

  @Column('uuid', { nullable: true })
  @ForeignKey(() => Note, { name: 'search_entries_note_id_fkey', onDelete: 'CASCADE' })
  note_id!: string | null;

  /** True for answers of the provider `local`. They are search results, but no passages: they consist of quotations. */
  @Column('boolean')
  local!: boolean;

  /** Lexemes of the text, and one lexeme for the owner, so that a query reads only entries of this owner. */
  @Column('tsvector')
  tsv!: string;

  /** Number of words, the length in the ranking formula. */
  @Column('integer')
  length!: number;

  @TimestampColumn()
  created_at!: Date;
}
