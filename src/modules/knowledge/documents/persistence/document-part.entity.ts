import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { DocumentVersion } from './document-version.entity.js';

/**
 * A piece of the original file of a version, or of its extracted text in UTF-8. Pieces are streamed, so that no process holds
 * a whole file. A text is cut between characters.
 */
@Entity('knowledge_document_parts')
@Check('knowledge_document_parts_kind_check', `kind IN ('original', 'text')`)
export class DocumentPart {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'knowledge_document_parts_pkey' })
  @ForeignKey(() => DocumentVersion, {
    name: 'knowledge_document_parts_version_id_fkey',
    onDelete: 'CASCADE',
  })
  version_id!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'knowledge_document_parts_pkey' })
  kind!: 'original' | 'text';

  /** From 0. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'knowledge_document_parts_pkey' })
  part!: number;

  @Column('bytea')
  data!: Buffer;
}
