import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The latest events of live sockets, in batches, so that a client can resume on another process. Frames are encrypted. */
export class CreateLiveEvents1764004150000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE live_events (
        session_id uuid NOT NULL,
        first_seq integer NOT NULL,
        last_seq integer NOT NULL,
        stored_at timestamptz(3) NOT NULL,
        frames bytea NOT NULL,
        CONSTRAINT live_events_pkey PRIMARY KEY (session_id, first_seq),
        CONSTRAINT live_events_seq_check CHECK (first_seq > 0 AND last_seq >= first_seq),
        CONSTRAINT live_events_session_id_fkey FOREIGN KEY (session_id)
          REFERENCES live_sessions (id) ON DELETE CASCADE
      );
      CREATE INDEX live_events_stored_at_idx ON live_events (stored_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE live_events');
  }
}
