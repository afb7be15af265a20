import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Connections of users to services of others, whose tokens are encrypted; codes that wait for the user who asked for them; and the
 * ids of the calendar events that the server has created, which are all that it stores of a calendar.
 */
export class CreateIntegrations1764004300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE integration_connections (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        provider text NOT NULL,
        status text NOT NULL,
        account_email text,
        scopes text[] NOT NULL,
        tokens bytea NOT NULL,
        token_version integer NOT NULL,
        access_expires_at timestamptz(3) NOT NULL,
        refreshed_at timestamptz(3) NOT NULL,
        refresh_claim uuid,
        refresh_claimed_until timestamptz(3),
        broken_at timestamptz(3),
        connected_at timestamptz(3) NOT NULL,
        last_success_at timestamptz(3),
        last_error text,
        CONSTRAINT integration_connections_pkey PRIMARY KEY (id),
        CONSTRAINT integration_connections_user_id_provider_key UNIQUE (user_id, provider),
        CONSTRAINT integration_connections_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT integration_connections_provider_check CHECK (provider IN ('google_calendar')),
        CONSTRAINT integration_connections_status_check
          CHECK (status IN ('active', 'scope_missing', 'reconnect_required'))
      );
      CREATE INDEX integration_connections_refreshed_at_idx ON integration_connections (refreshed_at, id)
        WHERE status <> 'reconnect_required';
      CREATE INDEX integration_connections_account_idx ON integration_connections (provider, account_email);

      CREATE TABLE integration_completions (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        provider text NOT NULL,
        completion_hash bytea,
        sealed_code bytea,
        claimed_at timestamptz(3),
        code_expires_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        CONSTRAINT integration_completions_pkey PRIMARY KEY (id),
        CONSTRAINT integration_completions_completion_hash_key UNIQUE (completion_hash),
        CONSTRAINT integration_completions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );
      CREATE INDEX integration_completions_user_id_idx ON integration_completions (user_id);
      CREATE INDEX integration_completions_expires_at_idx ON integration_completions (expires_at);

      CREATE TABLE integration_events (
        connection_id uuid NOT NULL,
        event_id text NOT NULL,
        CONSTRAINT integration_events_pkey PRIMARY KEY (connection_id, event_id),
        CONSTRAINT integration_events_connection_id_fkey FOREIGN KEY (connection_id)
          REFERENCES integration_connections (id) ON DELETE CASCADE
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE integration_events; DROP TABLE integration_completions; DROP TABLE integration_connections',
    );
  }
}
