import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys of servers. A key ends with the membership it was made under. */
export class CreateApiKeys1764000500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE api_keys (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        created_by uuid NOT NULL,
        name text NOT NULL,
        key_hash bytea NOT NULL,
        key_prefix text NOT NULL,
        scopes text[] NOT NULL,
        allowed_ips text[] NOT NULL,
        second_factor boolean NOT NULL,
        created_at timestamptz(3) NOT NULL,
        armed_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3),
        last_used_at timestamptz(3),
        CONSTRAINT api_keys_pkey PRIMARY KEY (id),
        CONSTRAINT api_keys_key_hash_key UNIQUE (key_hash),
        CONSTRAINT api_keys_membership_fkey FOREIGN KEY (organization_id, created_by)
          REFERENCES memberships (organization_id, user_id) ON DELETE CASCADE
      );
      CREATE INDEX api_keys_organization_id_idx ON api_keys (organization_id, id DESC);
      CREATE INDEX api_keys_membership_idx ON api_keys (organization_id, created_by);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE api_keys');
  }
}
