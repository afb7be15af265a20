import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What happens inside organizations: teams, invitations, and who changed what. */
export class CreateTeamsAndInvitations1764000300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE organizations ADD COLUMN description text;

      CREATE INDEX memberships_joined_at_idx ON memberships (organization_id, joined_at, user_id);
      CREATE INDEX memberships_owners_idx ON memberships (organization_id, user_id) WHERE role = 'owner';
      CREATE INDEX memberships_user_organization_idx ON memberships (user_id, organization_id);

      CREATE TABLE teams (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        name text NOT NULL,
        description text,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT teams_pkey PRIMARY KEY (id),
        CONSTRAINT teams_organization_id_id_key UNIQUE (organization_id, id),
        CONSTRAINT teams_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE
      );
      CREATE UNIQUE INDEX teams_name_key ON teams (organization_id, lower(name));

      CREATE TABLE team_members (
        team_id uuid NOT NULL,
        user_id uuid NOT NULL,
        organization_id uuid NOT NULL,
        joined_at timestamptz(3) NOT NULL,
        CONSTRAINT team_members_pkey PRIMARY KEY (team_id, user_id),
        CONSTRAINT team_members_team_fkey FOREIGN KEY (organization_id, team_id)
          REFERENCES teams (organization_id, id) ON DELETE CASCADE,
        CONSTRAINT team_members_membership_fkey FOREIGN KEY (organization_id, user_id)
          REFERENCES memberships (organization_id, user_id) ON DELETE CASCADE
      );
      CREATE INDEX team_members_user_idx ON team_members (organization_id, user_id, joined_at);

      CREATE TABLE invitations (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        email text NOT NULL,
        role text NOT NULL,
        status text NOT NULL,
        token_hash bytea NOT NULL,
        invited_by uuid,
        accepted_by uuid,
        created_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        accepted_at timestamptz(3),
        CONSTRAINT invitations_pkey PRIMARY KEY (id),
        CONSTRAINT invitations_token_hash_key UNIQUE (token_hash),
        CONSTRAINT invitations_role_check CHECK (role IN ('owner', 'admin', 'team_manager', 'member')),
        CONSTRAINT invitations_status_check CHECK (status IN ('pending', 'accepted', 'revoked')),
        CONSTRAINT invitations_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE,
        CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES users (id) ON DELETE SET NULL,
        CONSTRAINT invitations_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES users (id) ON DELETE CASCADE
      );
      CREATE INDEX invitations_organization_id_idx ON invitations (organization_id, id DESC);
      CREATE UNIQUE INDEX invitations_pending_key ON invitations (organization_id, email) WHERE status = 'pending';
      CREATE INDEX invitations_email_idx ON invitations (email);
      CREATE INDEX invitations_invited_by_idx ON invitations (invited_by);
      CREATE INDEX invitations_accepted_by_idx ON invitations (accepted_by);

      CREATE TABLE audit_events (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        actor_id uuid,
        api_key_id uuid,
        action text NOT NULL,
        target_type text NOT NULL,
        target_id uuid,
        details jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT audit_events_pkey PRIMARY KEY (id)
      );
      CREATE INDEX audit_events_organization_id_idx ON audit_events (organization_id, id DESC);
      CREATE INDEX audit_events_action_idx ON audit_events (organization_id, action, id DESC);
      CREATE INDEX audit_events_actor_id_idx ON audit_events (organization_id, actor_id, id DESC);
      CREATE INDEX audit_events_target_id_idx ON audit_events (organization_id, target_id, id DESC);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE audit_events, invitations, team_members, teams;
      DROP INDEX memberships_user_organization_idx, memberships_owners_idx, memberships_joined_at_idx;
      ALTER TABLE organizations DROP COLUMN description;
    `);
  }
}
