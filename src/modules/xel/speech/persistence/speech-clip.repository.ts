import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { SpeechClip } from './speech-clip.entity.js';

const FIND = {
  name: 'xel_speech_clips.find',
  text: 'SELECT audio FROM xel_speech_clips WHERE key = $1 AND audio IS NOT NULL',
};

/** Takes a key that has no row, or whose process has died. */
const LEASE = {
  name: 'xel_speech_clips.lease',
  text: `INSERT INTO xel_speech_clips (key, leased_until, created_at) VALUES ($1, $2, $3)
    ON CONFLICT (key) DO UPDATE SET leased_until = $2
      WHERE xel_speech_clips.audio IS NULL AND xel_speech_clips.leased_until <= $3
    RETURNING key`,
};

const STORE = {
  name: 'xel_speech_clips.store',
  text: 'UPDATE xel_speech_clips SET audio = $2 WHERE key = $1 AND audio IS NULL RETURNING key',
};

const RELEASE = {
  name: 'xel_speech_clips.release',
  text: 'DELETE FROM xel_speech_clips WHERE key = $1 AND audio IS NULL RETURNING key',
};

/** Stores the audio of texts. */
@Injectable()
export class SpeechClipRepository extends RepositoryBase<SpeechClip> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, SpeechClip);
  }

  async find(key: Buffer): Promise<Buffer | undefined> {
    return (await this.one<{ audio: Buffer }>(FIND, [key]))?.audio;
  }

  /** Returns whether the caller makes the audio. Of parallel callers one does. */
  lease(key: Buffer, until: Date, now: Date): Promise<boolean> {
    return this.affectedOneRow(LEASE, [key, until, now]);
  }

  store(key: Buffer, audio: Buffer): Promise<boolean> {
    return this.affectedOneRow(STORE, [key, audio]);
  }

  /** Gives up a lease, so that another caller can try. */
  release(key: Buffer): Promise<boolean> {
    return this.affectedOneRow(RELEASE, [key]);
  }
}
