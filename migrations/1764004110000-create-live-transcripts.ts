import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was said in live sessions, stored by the server turn by turn, or saved by clients; and how long organizations keep it. */
export class CreateLiveTranscripts1764004110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE organizations ADD COLUMN transcript_retention_days integer,
        ADD CONSTRAINT organizations_transcript_retention_days_check CHECK (transcript_retention_days >= 0);

      CREATE TABLE live_transcripts (
        id uuid NOT NULL,
        owner_id uuid NOT NULL,
        organization_id uuid,
        payer_id uuid,
        session_id uuid,
        origin text NOT NULL,
        session_started_at timestamptz(3) NOT NULL,
        session_ended_at timestamptz(3),
        turn_count integer NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT live_transcripts_pkey PRIMARY KEY (id),
        CONSTRAINT live_transcripts_session_id_origin_key UNIQUE (session_id, origin),
        CONSTRAINT live_transcripts_origin_check CHECK (origin IN ('server', 'client')),
        CONSTRAINT live_transcripts_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT live_transcripts_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE,
        CONSTRAINT live_transcripts_payer_id_fkey FOREIGN KEY (payer_id)
          REFERENCES organizations (id) ON DELETE SET NULL,
        CONSTRAINT live_transcripts_session_id_fkey FOREIGN KEY (session_id)
          REFERENCES live_sessions (id) ON DELETE SET NULL
      );
      CREATE INDEX live_transcripts_owner_id_idx ON live_transcripts (owner_id, id DESC);
      CREATE INDEX live_transcripts_organization_id_idx ON live_transcripts (organization_id)
        WHERE organization_id IS NOT NULL;
      CREATE INDEX live_transcripts_payer_id_idx ON live_transcripts (payer_id) WHERE payer_id IS NOT NULL;

      CREATE TABLE live_transcript_turns (
        transcript_id uuid NOT NULL,
        seq integer NOT NULL,
        turn_id text,
        role text NOT NULL,
        text text NOT NULL,
        generated_text text,
        started_at timestamptz(3) NOT NULL,
        ended_at timestamptz(3),
        CONSTRAINT live_transcript_turns_pkey PRIMARY KEY (transcript_id, seq),
        CONSTRAINT live_transcript_turns_turn_id_key UNIQUE (transcript_id, turn_id),
        CONSTRAINT live_transcript_turns_role_check CHECK (role IN ('user', 'ai')),
        CONSTRAINT live_transcript_turns_transcript_id_fkey FOREIGN KEY (transcript_id)
          REFERENCES live_transcripts (id) ON DELETE CASCADE
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE live_transcript_turns, live_transcripts;
      ALTER TABLE organizations DROP COLUMN transcript_retention_days;
    `);
  }
}
