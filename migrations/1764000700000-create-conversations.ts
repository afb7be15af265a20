import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Conversations with their turns and learning sessions, and notes. What an API key made belongs to its creator and
 * to the organization of the key, and ends with either.
 */
export class CreateConversations1764000700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE conversations (
        id uuid NOT NULL,
        owner_id uuid NOT NULL,
        organization_id uuid,
        title text NOT NULL,
        titled boolean NOT NULL,
        provider text,
        metadata jsonb NOT NULL,
        message_count integer NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT conversations_pkey PRIMARY KEY (id),
        CONSTRAINT conversations_owner_id_fkey FOREIGN KEY (owner_id)
          REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT conversations_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE
      );
      CREATE INDEX conversations_owner_id_idx ON conversations (owner_id, id DESC);
      CREATE INDEX conversations_organization_id_idx ON conversations (organization_id, owner_id, id DESC);

      CREATE TABLE messages (
        id uuid NOT NULL,
        conversation_id uuid NOT NULL,
        seq integer NOT NULL,
        role text NOT NULL,
        content text NOT NULL,
        provider text,
        model text,
        finish_reason text,
        usage jsonb,
        sources jsonb NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT messages_pkey PRIMARY KEY (id),
        CONSTRAINT messages_conversation_id_seq_key UNIQUE (conversation_id, seq),
        CONSTRAINT messages_role_check CHECK (role IN ('user', 'assistant', 'system')),
        CONSTRAINT messages_finish_reason_check
          CHECK (finish_reason IN ('stop', 'length', 'content_filter', 'stopped', 'error')),
        CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id)
          REFERENCES conversations (id) ON DELETE CASCADE
      );

      CREATE TABLE learning_sessions (
        id uuid NOT NULL,
        conversation_id uuid NOT NULL,
        started_at timestamptz(3) NOT NULL,
        last_activity_at timestamptz(3) NOT NULL,
        ended_at timestamptz(3),
        CONSTRAINT learning_sessions_pkey PRIMARY KEY (id),
        CONSTRAINT learning_sessions_order_check
          CHECK (last_activity_at >= started_at AND ended_at >= last_activity_at),
        CONSTRAINT learning_sessions_conversation_id_fkey FOREIGN KEY (conversation_id)
          REFERENCES conversations (id) ON DELETE CASCADE
      );
      CREATE INDEX learning_sessions_conversation_id_idx ON learning_sessions (conversation_id, id DESC);
      CREATE UNIQUE INDEX learning_sessions_active_key ON learning_sessions (conversation_id)
        WHERE ended_at IS NULL;

      CREATE TABLE notes (
        id uuid NOT NULL,
        owner_id uuid NOT NULL,
        organization_id uuid,
        conversation_id uuid,
        title text,
        content text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT notes_pkey PRIMARY KEY (id),
        CONSTRAINT notes_owner_id_fkey FOREIGN KEY (owner_id)
          REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT notes_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE,
        CONSTRAINT notes_conversation_id_fkey FOREIGN KEY (conversation_id)
          REFERENCES conversations (id) ON DELETE SET NULL
      );
      CREATE INDEX notes_owner_id_idx ON notes (owner_id, id DESC);
      CREATE INDEX notes_organization_id_idx ON notes (organization_id, owner_id, id DESC);
      CREATE INDEX notes_conversation_id_idx ON notes (conversation_id, id DESC);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE notes, learning_sessions, messages, conversations');
  }
}
