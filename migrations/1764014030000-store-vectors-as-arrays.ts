import type { MigrationInterface, QueryRunner } from 'typeorm';

const BATCH_SIZE = 200;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

interface StoredVector {
  chunk_id: string;
  /** Little-endian 32-bit numbers, in Base64. */
  bytes: string;
}

/**
 * Vectors are arrays of numbers, which pgvector casts to its type, and which need no extension. They name the version of their
 * chunk, so that the vectors of a document are found without its chunks. Rows up to a page are stored without TOAST.
 */
export class StoreVectorsAsArrays1764014030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE knowledge_embeddings SET (toast_tuple_target = 8160);
      ALTER TABLE knowledge_embeddings RENAME embedding TO bytes;
      ALTER TABLE knowledge_embeddings ADD COLUMN embedding real[], ADD COLUMN version_id uuid;
      ALTER TABLE knowledge_embeddings ALTER embedding SET STORAGE EXTERNAL;
    `);
    await this.convertVectors(runner);
    await runner.query(`
      ALTER TABLE knowledge_embeddings DROP COLUMN bytes, ALTER embedding SET NOT NULL, ALTER version_id SET NOT NULL;
      CREATE INDEX knowledge_embeddings_version_id_idx ON knowledge_embeddings (version_id);
    `);
  }

  /** The server embeds all documents again. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM knowledge_embedded_versions;
      DELETE FROM knowledge_embeddings;
      ALTER TABLE knowledge_embeddings DROP COLUMN version_id, DROP COLUMN embedding, ADD COLUMN embedding bytea NOT NULL;
      ALTER TABLE knowledge_embeddings ALTER embedding SET STORAGE EXTERNAL;
      ALTER TABLE knowledge_embeddings RESET (toast_tuple_target);
    `);
  }

  private async convertVectors(runner: QueryRunner): Promise<void> {
    for (let after = FIRST_ID; ;) {
      const rows: StoredVector[] = await runner.query(
        `SELECT chunk_id, encode(bytes, 'base64') AS bytes FROM knowledge_embeddings
         WHERE chunk_id > $1 ORDER BY chunk_id LIMIT ${BATCH_SIZE}`,
        [after],
      );
      const last = rows.at(-1);
      if (!last) return;
      await runner.query(
        `UPDATE knowledge_embeddings e SET embedding = u.embedding::real[], version_id = c.version_id
         FROM unnest($1::uuid[], $2::text[]) u (chunk_id, embedding) JOIN knowledge_chunks c ON c.id = u.chunk_id
         WHERE e.chunk_id = u.chunk_id`,
        [rows.map((row) => row.chunk_id), rows.map(({ bytes }) => toArray(bytes))],
      );
      after = last.chunk_id;
    }
  }
}

function toArray(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const values = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
  return `{${values.join(',')}}`;
}
