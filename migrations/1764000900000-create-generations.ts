import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Answers of language models while they are written and for a day after, and the tokens they cost. */
export class CreateGenerations1764000900000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE generations (
        id uuid NOT NULL,
        owner_id uuid NOT NULL,
        organization_id uuid,
        key_id uuid,
        conversation_id uuid,
        node_id uuid NOT NULL,
        state text NOT NULL,
        stopping boolean NOT NULL DEFAULT false,
        input_tokens integer NOT NULL,
        request_key bytea,
        fingerprint bytea,
        reservation_id uuid,
        created_at timestamptz(3) NOT NULL,
        ended_at timestamptz(3),
        expires_at timestamptz(3) NOT NULL,
        CONSTRAINT generations_pkey PRIMARY KEY (id),
        CONSTRAINT generations_state_check CHECK (state IN ('running', 'done', 'stopped', 'failed')),
        CONSTRAINT generations_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT generations_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE,
        CONSTRAINT generations_conversation_id_fkey FOREIGN KEY (conversation_id)
          REFERENCES conversations (id) ON DELETE CASCADE
      );
      -- Most rows have none of these four: they need no entry for it, neither when they begin nor when they end.
      CREATE UNIQUE INDEX generations_request_key_key ON generations (request_key) WHERE request_key IS NOT NULL;
      CREATE UNIQUE INDEX generations_one_running_key ON generations (conversation_id)
        WHERE state = 'running' AND conversation_id IS NOT NULL;
      CREATE INDEX generations_organization_id_idx ON generations (organization_id) WHERE organization_id IS NOT NULL;
      CREATE INDEX generations_conversation_id_idx ON generations (conversation_id) WHERE conversation_id IS NOT NULL;
      CREATE INDEX generations_running_idx ON generations (node_id) WHERE state = 'running';
      CREATE INDEX generations_owner_id_idx ON generations (owner_id);
      CREATE INDEX generations_expires_at_idx ON generations (expires_at);

      CREATE TABLE generation_events (
        generation_id uuid NOT NULL,
        first_event integer NOT NULL,
        last_event integer NOT NULL,
        provider text,
        model text,
        frames bytea NOT NULL,
        CONSTRAINT generation_events_pkey PRIMARY KEY (generation_id, first_event),
        CONSTRAINT generation_events_generation_id_fkey FOREIGN KEY (generation_id)
          REFERENCES generations (id) ON DELETE CASCADE
      );

      CREATE TABLE token_usage (
        month date NOT NULL,
        user_id uuid NOT NULL,
        via uuid NOT NULL,
        organization_id uuid,
        provider text NOT NULL,
        model text NOT NULL,
        requests bigint NOT NULL,
        input_tokens bigint NOT NULL,
        output_tokens bigint NOT NULL,
        CONSTRAINT token_usage_pkey PRIMARY KEY (user_id, month, via, provider, model),
        CONSTRAINT token_usage_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT token_usage_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE
      );
      CREATE INDEX token_usage_organization_id_idx ON token_usage (organization_id, month);

      CREATE TABLE token_counters (
        subject uuid NOT NULL,
        month date NOT NULL,
        used bigint NOT NULL,
        reserved bigint NOT NULL,
        CONSTRAINT token_counters_pkey PRIMARY KEY (subject, month),
        CONSTRAINT token_counters_reserved_check CHECK (reserved >= 0)
      );

      CREATE TABLE token_reservations (
        id uuid NOT NULL,
        month date NOT NULL,
        subjects uuid[] NOT NULL,
        tokens bigint NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        node_id uuid NOT NULL,
        CONSTRAINT token_reservations_pkey PRIMARY KEY (id)
      );
      CREATE INDEX token_reservations_expires_at_idx ON token_reservations (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE token_reservations, token_counters, token_usage, generation_events, generations',
    );
  }
}
