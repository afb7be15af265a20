import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One signing key pair per tenant at a time, and the grants signed with it. */
export class CreateIntegrationTokens1764000600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE integration_keys (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        kid text NOT NULL,
        public_key bytea NOT NULL,
        private_key bytea NOT NULL,
        created_at timestamptz(3) NOT NULL,
        retired_at timestamptz(3),
        published_until timestamptz(3),
        CONSTRAINT integration_keys_pkey PRIMARY KEY (id),
        CONSTRAINT integration_keys_kid_key UNIQUE (kid),
        CONSTRAINT integration_keys_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE
      );
      CREATE UNIQUE INDEX integration_keys_active_key ON integration_keys (organization_id) WHERE retired_at IS NULL;
      CREATE INDEX integration_keys_organization_id_idx ON integration_keys (organization_id, id DESC);

      CREATE TABLE integration_grants (
        jti uuid NOT NULL,
        organization_id uuid NOT NULL,
        created_by uuid,
        kid text NOT NULL,
        mode text NOT NULL,
        origin text NOT NULL,
        scopes text[] NOT NULL,
        second_factor boolean NOT NULL,
        issued_at timestamptz(3) NOT NULL,
        valid_until timestamptz(3) NOT NULL,
        revoked_at timestamptz(3),
        revoked_by uuid,
        reason text,
        expires_at timestamptz(3) NOT NULL,
        CONSTRAINT integration_grants_pkey PRIMARY KEY (jti),
        CONSTRAINT integration_grants_mode_check CHECK (mode IN ('api', 'embed')),
        CONSTRAINT integration_grants_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE,
        CONSTRAINT integration_grants_created_by_fkey FOREIGN KEY (created_by)
          REFERENCES users (id) ON DELETE SET NULL
      );
      CREATE INDEX integration_grants_created_by_idx ON integration_grants (created_by, organization_id);
      CREATE INDEX integration_grants_organization_id_idx ON integration_grants (organization_id);
      CREATE INDEX integration_grants_revoked_at_idx ON integration_grants (organization_id, revoked_at DESC, jti DESC)
        WHERE revoked_at IS NOT NULL;
      CREATE INDEX integration_grants_expires_at_idx ON integration_grants (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE integration_grants, integration_keys');
  }
}
