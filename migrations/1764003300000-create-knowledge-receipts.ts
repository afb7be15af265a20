import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Receipts of answers from documents, and a function that hides the sources of stored answers that their reader may not read
 * any more. The rights of a reader are `true` or `false` for a session, with or without a second factor, or the organization of
 * an API key. The function follows `readable-partitions.ts`; a test compares both.
 */
export class CreateKnowledgeReceipts1764003300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE knowledge_receipts (
        id uuid NOT NULL,
        owner_id uuid NOT NULL,
        organization_id uuid,
        generation_id uuid NOT NULL,
        conversation_id uuid,
        query text NOT NULL,
        answer text NOT NULL,
        sentences jsonb NOT NULL,
        sources jsonb NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT knowledge_receipts_pkey PRIMARY KEY (id),
        CONSTRAINT knowledge_receipts_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT knowledge_receipts_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE,
        CONSTRAINT knowledge_receipts_conversation_id_fkey FOREIGN KEY (conversation_id)
          REFERENCES conversations (id) ON DELETE CASCADE
      );
      CREATE INDEX knowledge_receipts_owner_id_idx ON knowledge_receipts (owner_id, id DESC);
      CREATE INDEX knowledge_receipts_organization_id_idx ON knowledge_receipts (organization_id)
        WHERE organization_id IS NOT NULL;
      CREATE INDEX knowledge_receipts_conversation_id_idx ON knowledge_receipts (conversation_id)
        WHERE conversation_id IS NOT NULL;
      CREATE INDEX knowledge_receipts_generation_id_idx ON knowledge_receipts (generation_id);

      CREATE FUNCTION knowledge_document_is_readable(document uuid, reader uuid, rights text) RETURNS boolean
      LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT EXISTS (
          SELECT FROM knowledge_documents d JOIN knowledge_partitions p ON p.id = d.partition_id
          WHERE d.id = document AND CASE
            WHEN p.owner_id IS NOT NULL THEN p.owner_id = reader AND CASE
              WHEN rights NOT IN ('true', 'false') THEN p.organization_id::text = rights
              ELSE p.organization_id IS NULL OR EXISTS (
                SELECT FROM memberships m JOIN organizations o ON o.id = m.organization_id
                WHERE m.organization_id = p.organization_id AND m.user_id = reader
                  AND (NOT o.enforce_2fa OR rights = 'true')) END
            ELSE EXISTS (
              SELECT FROM memberships m JOIN organizations o ON o.id = m.organization_id
              WHERE m.organization_id = p.organization_id AND m.user_id = reader
                AND CASE WHEN rights IN ('true', 'false') THEN NOT o.enforce_2fa OR rights = 'true'
                         ELSE p.organization_id::text = rights END
                AND (p.visibility = 'organization' OR m.role IN ('owner', 'admin') OR EXISTS (
                  SELECT FROM team_members t WHERE t.team_id = p.team_id AND t.user_id = reader))) END)
      $$;

      CREATE FUNCTION knowledge_visible_sources(sources jsonb, reader uuid, rights text) RETURNS jsonb
      LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT coalesce(jsonb_agg(CASE
            WHEN s.source->>'type' IS DISTINCT FROM 'document'
              OR knowledge_document_is_readable((s.source->>'document_id')::uuid, reader, rights) THEN s.source
            ELSE jsonb_build_object('type', 'document', 'n', s.source->'n', 'state', 'gone')
          END ORDER BY s.ordinal), '[]'::jsonb)
        FROM jsonb_array_elements(sources) WITH ORDINALITY s (source, ordinal)
      $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION knowledge_visible_sources(jsonb, uuid, text);
      DROP FUNCTION knowledge_document_is_readable(uuid, uuid, text); DROP TABLE knowledge_receipts`);
  }
}
