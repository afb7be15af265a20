import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** The audio of a text in a voice. */
@Entity('xel_speech_clips')
@Index('xel_speech_clips_created_at_idx', ['created_at'])
export class SpeechClip {
  /** SHA-256 of model, voice and text. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'xel_speech_clips_pkey' })
  key!: Buffer;

  /** A WAV file; null while it is made. */
  @Column('bytea', { nullable: true })
  audio!: Buffer | null;

  /** Until then, other processes wait for the audio. */
  @TimestampColumn()
  leased_until!: Date;

  @TimestampColumn()
  created_at!: Date;
}
