import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keeps the size of the files of each partition. Triggers keep it, because foreign keys delete versions too: those of a deleted
 * document are subtracted before it goes, and when it is gone its versions find no document. Equal files are found by their hash.
 */
export class CountDocumentBytes1764003120000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX knowledge_document_versions_sha256_idx ON knowledge_document_versions (sha256);

      CREATE FUNCTION knowledge_count_version_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE knowledge_partitions p SET bytes = p.bytes + CASE TG_OP WHEN 'INSERT' THEN c.size ELSE -c.size END
        FROM (SELECT d.partition_id AS id, sum(r.size) AS size FROM changed_rows r
              JOIN knowledge_documents d ON d.id = r.document_id GROUP BY d.partition_id) c
        WHERE p.id = c.id;
        RETURN NULL;
      END $$;
      CREATE TRIGGER knowledge_document_versions_bytes_insert AFTER INSERT ON knowledge_document_versions
        REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION knowledge_count_version_bytes();
      CREATE TRIGGER knowledge_document_versions_bytes_delete AFTER DELETE ON knowledge_document_versions
        REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION knowledge_count_version_bytes();

      CREATE FUNCTION knowledge_count_document_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        size bigint := (SELECT coalesce(sum(v.size), 0) FROM knowledge_document_versions v WHERE v.document_id = OLD.id);
      BEGIN
        UPDATE knowledge_partitions SET bytes = bytes - size WHERE id = OLD.partition_id;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        UPDATE knowledge_partitions SET bytes = bytes + size WHERE id = NEW.partition_id;
        RETURN NEW;
      END $$;
      CREATE TRIGGER knowledge_documents_bytes_delete BEFORE DELETE ON knowledge_documents
        FOR EACH ROW EXECUTE FUNCTION knowledge_count_document_bytes();
      CREATE TRIGGER knowledge_documents_bytes_move BEFORE UPDATE OF partition_id ON knowledge_documents
        FOR EACH ROW WHEN (OLD.partition_id <> NEW.partition_id) EXECUTE FUNCTION knowledge_count_document_bytes();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER knowledge_document_versions_bytes_insert ON knowledge_document_versions;
      DROP TRIGGER knowledge_document_versions_bytes_delete ON knowledge_document_versions;
      DROP TRIGGER knowledge_documents_bytes_delete ON knowledge_documents;
      DROP TRIGGER knowledge_documents_bytes_move ON knowledge_documents;
      DROP FUNCTION knowledge_count_version_bytes();
      DROP FUNCTION knowledge_count_document_bytes();
      DROP INDEX knowledge_document_versions_sha256_idx;
    `);
  }
}
