import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the platform itself keeps: who it is, limits, idempotent answers, the development outbox. */
export class CreatePlatform1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE installation (
        singleton boolean NOT NULL DEFAULT true,
        id uuid NOT NULL,
        secret_check bytea NOT NULL,
        has_first_user boolean NOT NULL DEFAULT false,
        CONSTRAINT installation_pkey PRIMARY KEY (singleton),
        CONSTRAINT installation_singleton CHECK (singleton)
      );

      CREATE TABLE rate_windows (
        policy text NOT NULL,
        key bytea NOT NULL,
        hits timestamptz(3)[] NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        CONSTRAINT rate_windows_pkey PRIMARY KEY (policy, key)
      );
      CREATE INDEX rate_windows_expires_at_idx ON rate_windows (expires_at);

      CREATE TABLE idempotency_keys (
        scope bytea NOT NULL,
        method text NOT NULL,
        route text NOT NULL,
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        claim uuid NOT NULL,
        lease_until timestamptz(3) NOT NULL,
        status integer,
        answer bytea,
        created_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, method, route, key),
        CONSTRAINT idempotency_keys_claim_key UNIQUE (claim)
      );
      CREATE INDEX idempotency_keys_expires_at_idx ON idempotency_keys (expires_at);

      CREATE TABLE mail_outbox (
        id uuid NOT NULL,
        recipient bytea NOT NULL,
        sealed bytea NOT NULL,
        created_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        CONSTRAINT mail_outbox_pkey PRIMARY KEY (id)
      );
      CREATE INDEX mail_outbox_recipient_idx ON mail_outbox (recipient, id DESC);
      CREATE INDEX mail_outbox_expires_at_idx ON mail_outbox (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mail_outbox, idempotency_keys, rate_windows, installation');
  }
}
