import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keeps the size of the files of each document, and of each partition once for each statement: a trigger for each row writes the
 * row of the partition as often as there are documents, and each of these writes reads all versions of that row. Versions that are
 * deleted with their document find none, and its own bytes are subtracted then.
 */
export class CountBytesByDocument1764014040000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER knowledge_documents_bytes_delete ON knowledge_documents;
      DROP TRIGGER knowledge_documents_bytes_move ON knowledge_documents;
      DROP FUNCTION knowledge_count_document_bytes();

      ALTER TABLE knowledge_documents ADD COLUMN bytes bigint NOT NULL DEFAULT 0;
      UPDATE knowledge_documents d SET bytes = v.size
        FROM (SELECT document_id, sum(size) AS size FROM knowledge_document_versions GROUP BY 1) v WHERE v.document_id = d.id;

      CREATE OR REPLACE FUNCTION knowledge_count_version_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE knowledge_documents d SET bytes = d.bytes + CASE TG_OP WHEN 'INSERT' THEN c.size ELSE -c.size END
        FROM (SELECT r.document_id AS id, sum(r.size) AS size FROM changed_rows r GROUP BY 1) c WHERE d.id = c.id;
        RETURN NULL;
      END $$;

      CREATE FUNCTION knowledge_count_moved_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE knowledge_partitions p SET bytes = p.bytes + c.size
        FROM (SELECT r.id, sum(r.size) AS size FROM (
                SELECT partition_id AS id, -bytes AS size FROM old_rows
                UNION ALL SELECT partition_id, bytes FROM new_rows) r
              GROUP BY 1 HAVING sum(r.size) <> 0) c
        WHERE p.id = c.id;
        RETURN NULL;
      END $$;
      CREATE TRIGGER knowledge_documents_bytes_update AFTER UPDATE ON knowledge_documents
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION knowledge_count_moved_bytes();

      CREATE FUNCTION knowledge_count_deleted_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE knowledge_partitions p SET bytes = p.bytes - c.size
        FROM (SELECT partition_id AS id, sum(bytes) AS size FROM old_rows GROUP BY 1) c WHERE p.id = c.id;
        RETURN NULL;
      END $$;
      CREATE TRIGGER knowledge_documents_bytes_delete AFTER DELETE ON knowledge_documents
        REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION knowledge_count_deleted_bytes();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER knowledge_documents_bytes_update ON knowledge_documents;
      DROP TRIGGER knowledge_documents_bytes_delete ON knowledge_documents;
      DROP FUNCTION knowledge_count_moved_bytes();
      DROP FUNCTION knowledge_count_deleted_bytes();
      ALTER TABLE knowledge_documents DROP COLUMN bytes;

      CREATE OR REPLACE FUNCTION knowledge_count_version_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE knowledge_partitions p SET bytes = p.bytes + CASE TG_OP WHEN 'INSERT' THEN c.size ELSE -c.size END
        FROM (SELECT d.partition_id AS id, sum(r.size) AS size FROM changed_rows r
              JOIN knowledge_documents d ON d.id = r.document_id GROUP BY d.partition_id) c
        WHERE p.id = c.id;
        RETURN NULL;
      END $$;

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
}
