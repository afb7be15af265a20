import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { DocumentVersion } from '@/modules/knowledge/documents/persistence/document-version.entity.js';
import { KnowledgeDocument } from '@/modules/knowledge/documents/persistence/knowledge-document.entity.js';

/**
 * A version whose chunks all have their vectors of one model. Searches use the vectors of such versions only, so a document is
 * found by the vectors of the old model or by those of the new one, never by both.
 */
@Entity('knowledge_embedded_versions')
@Index('knowledge_embedded_versions_document_id_idx', ['document_id'])
export class EmbeddedVersion {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'knowledge_embedded_versions_pkey' })
  @ForeignKey(() => DocumentVersion, {
    name: 'knowledge_embedded_versions_version_id_fkey',
    onDelete: 'CASCADE',
  })
  version_id!: string;

  @Column('uuid')
  @ForeignKey(() => KnowledgeDocument, {
    name: 'knowledge_embedded_versions_document_id_fkey',
    onDelete: 'CASCADE',
  })
  document_id!: string;

  @Column('text')
  model!: string;

  @Column('integer')
  dimensions!: number;

  /** Chunks of the version, those without a vector included. */
  @Column('integer')
  chunks!: number;

  /** Another number means that vectors were replaced. */
  @Column('integer', { default: 1 })
  revision!: number;

  /** True while some vectors are of an earlier title. They are used until the new ones are complete. */
  @Column('boolean', { default: false })
  outdated!: boolean;
}
