import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audio of tasks of the English course. The key is the hash of text, model and voice. Without audio, a process is making it, and
 * others wait for it until the lease ends.
 */
export class CreateXelSpeechClips1764012000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE xel_speech_clips (
        key bytea NOT NULL,
        audio bytea,
        leased_until timestamptz(3) NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT xel_speech_clips_pkey PRIMARY KEY (key)
      );
      -- Audio does not get smaller, so trying to compress it is a waste.
      ALTER TABLE xel_speech_clips ALTER COLUMN audio SET STORAGE EXTERNAL;
      CREATE INDEX xel_speech_clips_created_at_idx ON xel_speech_clips (created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE xel_speech_clips');
  }
}
