import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Live sessions and the time that they use. The time until `lease_until` has been taken from the pot of the subject (the user,
 * or the organization of an embedded session) in the month in which the lease ends; the end of a session gives back the rest.
 */
export class CreateLiveSessions1764004100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE live_plans (
        organization_id uuid NOT NULL,
        plan text NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT live_plans_pkey PRIMARY KEY (organization_id),
        CONSTRAINT live_plans_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE
      );

      CREATE TABLE live_pots (
        subject_id uuid NOT NULL,
        month date NOT NULL,
        user_id uuid,
        organization_id uuid,
        used_ms bigint NOT NULL DEFAULT 0,
        granted_ms bigint NOT NULL DEFAULT 0,
        CONSTRAINT live_pots_pkey PRIMARY KEY (subject_id, month),
        CONSTRAINT live_pots_subject_check CHECK (num_nonnulls(user_id, organization_id) = 1
          AND subject_id = COALESCE(user_id, organization_id)),
        CONSTRAINT live_pots_used_ms_check CHECK (used_ms >= 0),
        CONSTRAINT live_pots_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT live_pots_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE
      );
      CREATE INDEX live_pots_user_id_idx ON live_pots (user_id, month) WHERE user_id IS NOT NULL;
      CREATE INDEX live_pots_organization_id_idx ON live_pots (organization_id) WHERE organization_id IS NOT NULL;

      CREATE TABLE live_sessions (
        id uuid NOT NULL,
        owner_id uuid,
        organization_id uuid,
        payer_id uuid,
        integration_jti uuid,
        session_type text NOT NULL,
        language text,
        voice text,
        instructions text,
        module_id text,
        use_knowledge boolean NOT NULL,
        provider text,
        attachment integer NOT NULL DEFAULT 0,
        started_at timestamptz(3) NOT NULL,
        last_seen_at timestamptz(3) NOT NULL,
        lease_until timestamptz(3) NOT NULL,
        quota_reached boolean NOT NULL DEFAULT false,
        ended_at timestamptz(3),
        end_reason text,
        remaining_ms bigint,
        CONSTRAINT live_sessions_pkey PRIMARY KEY (id),
        CONSTRAINT live_sessions_integration_jti_key UNIQUE (integration_jti),
        CONSTRAINT live_sessions_type_check CHECK (session_type IN ('voice', 'avatar')),
        CONSTRAINT live_sessions_subject_check CHECK ((owner_id IS NULL) = (integration_jti IS NOT NULL)
          AND (owner_id IS NOT NULL OR organization_id IS NOT NULL)),
        CONSTRAINT live_sessions_end_check CHECK ((ended_at IS NULL) = (end_reason IS NULL)
          AND lease_until >= started_at AND (ended_at IS NULL OR ended_at >= started_at)),
        CONSTRAINT live_sessions_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT live_sessions_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE,
        CONSTRAINT live_sessions_payer_id_fkey FOREIGN KEY (payer_id)
          REFERENCES organizations (id) ON DELETE SET NULL
      );
      CREATE UNIQUE INDEX live_sessions_active_owner_key ON live_sessions (owner_id) WHERE ended_at IS NULL;
      CREATE INDEX live_sessions_lease_until_idx ON live_sessions (lease_until) WHERE ended_at IS NULL;
      CREATE INDEX live_sessions_owner_id_idx ON live_sessions (owner_id, id DESC);
      CREATE INDEX live_sessions_organization_id_idx ON live_sessions (organization_id)
        WHERE organization_id IS NOT NULL;
      CREATE INDEX live_sessions_payer_id_idx ON live_sessions (payer_id, ended_at) WHERE payer_id IS NOT NULL;

      CREATE TABLE live_redeemed_tickets (
        id uuid NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        CONSTRAINT live_redeemed_tickets_pkey PRIMARY KEY (id)
      );
      CREATE INDEX live_redeemed_tickets_expires_at_idx ON live_redeemed_tickets (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE live_redeemed_tickets, live_sessions, live_pots, live_plans');
  }
}
