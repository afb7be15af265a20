import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People, the organizations they belong to, and how they prove who they are. */
export class CreateAccounts1764000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE organizations (
        id uuid NOT NULL,
        name text NOT NULL,
        slug text NOT NULL,
        settings jsonb NOT NULL DEFAULT '{}',
        address text,
        phone_number text,
        tax_id text,
        billing_email text,
        enforce_2fa boolean NOT NULL DEFAULT false,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT organizations_pkey PRIMARY KEY (id),
        CONSTRAINT organizations_slug_key UNIQUE (slug)
      );

      CREATE TABLE users (
        id uuid NOT NULL,
        username text NOT NULL,
        username_is_derived boolean NOT NULL DEFAULT false,
        email text NOT NULL,
        email_verified_at timestamptz(3),
        password_hash text,
        first_name text NOT NULL DEFAULT '',
        last_name text NOT NULL DEFAULT '',
        nickname text,
        avatar_url text,
        phone_number text,
        language text NOT NULL DEFAULT 'en',
        timezone text NOT NULL DEFAULT 'UTC',
        email_preferences jsonb NOT NULL DEFAULT '{}',
        is_active boolean NOT NULL DEFAULT true,
        is_first boolean NOT NULL DEFAULT false,
        home_organization_id uuid,
        primary_organization_id uuid,
        last_login_at timestamptz(3),
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT users_pkey PRIMARY KEY (id),
        CONSTRAINT users_username_key UNIQUE (username),
        CONSTRAINT users_email_key UNIQUE (email),
        CONSTRAINT users_home_organization_id_fkey FOREIGN KEY (home_organization_id)
          REFERENCES organizations (id) ON DELETE SET NULL,
        CONSTRAINT users_primary_organization_id_fkey FOREIGN KEY (primary_organization_id)
          REFERENCES organizations (id) ON DELETE SET NULL
      );
      CREATE INDEX users_home_organization_id_idx ON users (home_organization_id);
      CREATE INDEX users_primary_organization_id_idx ON users (primary_organization_id);

      CREATE TABLE memberships (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        user_id uuid NOT NULL,
        role text NOT NULL,
        own_act boolean NOT NULL,
        joined_at timestamptz(3) NOT NULL,
        CONSTRAINT memberships_pkey PRIMARY KEY (id),
        CONSTRAINT memberships_organization_user_key UNIQUE (organization_id, user_id),
        CONSTRAINT memberships_role_check CHECK (role IN ('owner', 'admin', 'team_manager', 'member')),
        CONSTRAINT memberships_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE,
        CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );
      CREATE INDEX memberships_user_id_idx ON memberships (user_id, joined_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE memberships, users, organizations');
  }
}
