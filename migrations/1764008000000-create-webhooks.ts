import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Webhooks of organizations, the secrets that sign their deliveries, and the deliveries of the last 30 days. */
export class CreateWebhooks1764008000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE webhooks (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        url text NOT NULL,
        events text[] NOT NULL,
        description text,
        enabled boolean NOT NULL,
        disabled_reason text,
        serial_slot smallint NOT NULL,
        created_by uuid,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        last_success_at timestamptz(3),
        CONSTRAINT webhooks_pkey PRIMARY KEY (id),
        CONSTRAINT webhooks_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE,
        CONSTRAINT webhooks_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE SET NULL,
        CONSTRAINT webhooks_disabled_reason_check CHECK (disabled_reason IN ('requested', 'failing')),
        CONSTRAINT webhooks_enabled_check CHECK (enabled = (disabled_reason IS NULL))
      );
      CREATE INDEX webhooks_organization_id_idx ON webhooks (organization_id, id DESC);
      CREATE INDEX webhooks_created_by_idx ON webhooks (created_by);

      CREATE TABLE webhook_secrets (
        id uuid NOT NULL,
        webhook_id uuid NOT NULL,
        sealed bytea NOT NULL,
        created_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3),
        CONSTRAINT webhook_secrets_pkey PRIMARY KEY (id),
        CONSTRAINT webhook_secrets_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES webhooks (id) ON DELETE CASCADE
      );
      CREATE INDEX webhook_secrets_webhook_id_idx ON webhook_secrets (webhook_id, id DESC);
      CREATE UNIQUE INDEX webhook_secrets_current_key ON webhook_secrets (webhook_id) WHERE expires_at IS NULL;
      CREATE INDEX webhook_secrets_expires_at_idx ON webhook_secrets (expires_at) WHERE expires_at IS NOT NULL;

      CREATE TABLE webhook_deliveries (
        id uuid NOT NULL,
        webhook_id uuid NOT NULL,
        type text NOT NULL,
        payload text NOT NULL,
        state text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        series_start integer NOT NULL DEFAULT 0,
        created_at timestamptz(3) NOT NULL,
        attempted_at timestamptz(3),
        next_attempt_at timestamptz(3),
        status_class text,
        reason text,
        duration_ms integer,
        CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id),
        CONSTRAINT webhook_deliveries_webhook_id_fkey FOREIGN KEY (webhook_id)
          REFERENCES webhooks (id) ON DELETE CASCADE,
        CONSTRAINT webhook_deliveries_state_check CHECK (state IN ('pending', 'delivered', 'failed')),
        CONSTRAINT webhook_deliveries_next_attempt_check CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL))
      );
      CREATE INDEX webhook_deliveries_webhook_id_idx ON webhook_deliveries (webhook_id, id DESC);
      CREATE INDEX webhook_deliveries_pending_idx ON webhook_deliveries (webhook_id) WHERE state = 'pending';
      CREATE INDEX webhook_deliveries_created_at_idx ON webhook_deliveries (created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_deliveries; DROP TABLE webhook_secrets; DROP TABLE webhooks');
  }
}
