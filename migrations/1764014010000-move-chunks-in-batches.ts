import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The chunks of a document that moves to other readers follow it in batches. The partition that they come from can be deleted
 * before, which must not delete them: they are deleted with their document.
 */
export class MoveChunksInBatches1764014010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE knowledge_chunks DROP CONSTRAINT knowledge_chunks_partition_id_fkey;
      DROP INDEX knowledge_chunks_partition_id_idx;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE knowledge_chunks c SET partition_id = d.partition_id FROM knowledge_documents d
        WHERE d.id = c.document_id AND d.partition_id <> c.partition_id;
      CREATE INDEX knowledge_chunks_partition_id_idx ON knowledge_chunks (partition_id);
      ALTER TABLE knowledge_chunks ADD CONSTRAINT knowledge_chunks_partition_id_fkey FOREIGN KEY (partition_id)
        REFERENCES knowledge_partitions (id) ON DELETE CASCADE;
    `);
  }
}
