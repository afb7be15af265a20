import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { TextToSpeech, toSpeechError, toWav } from '@/modules/live/index.js';
import { Config } from '@/platform/config/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { SpeechClipRepository } from './persistence/speech-clip.repository.js';

const MAX_SPEAKING_MS = 45_000;
/** Longer than speaking takes. */
const LEASE_SECONDS = 60;
const POLL_MS = 200;
const MAX_POLLS = MAX_SPEAKING_MS / POLL_MS;

/**
 * Speaks the texts of listening and dictation tasks. The audio is made once for each text, model and voice, and kept in the database:
 * the texts are those of the course, so there are few.
 */
@Injectable()
export class TaskSpeech {
  /** What this process is making, by key. */
  private readonly running = new Map<string, Promise<Buffer>>();

  constructor(
    private readonly textToSpeech: TextToSpeech,
    private readonly clips: SpeechClipRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** False without a speech provider. */
  get isAvailable(): boolean {
    return this.textToSpeech.isConfigured;
  }

  /**
   * Returns a WAV file. Throws `provider_failed`, `provider_timeout` or `ai_unavailable` when the provider fails, and `overloaded` when
   * another process does not finish it.
   */
  speak(text: string): Promise<Buffer> {
    const key = this.keyOf(text);
    const name = key.toString('hex');
    const running = this.running.get(name);
    if (running) return running;
    const speaking = this.findOrMake(key, text).finally(() => this.running.delete(name));
    this.running.set(name, speaking);
    return speaking;
  }

  private async findOrMake(key: Buffer, text: string): Promise<Buffer> {
    for (let polls = 0; polls < MAX_POLLS; polls += 1) {
      const stored = await this.clips.find(key);
      if (stored) return stored;
      const now = this.clock.now();
      if (await this.clips.lease(key, this.clock.after(LEASE_SECONDS), now)) return this.make(key, text);
      await pause(POLL_MS);
    }
    throw platformErrors.overloaded({ retryAfter: 5 });
  }

  private async make(key: Buffer, text: string): Promise<Buffer> {
    const signal = AbortSignal.timeout(MAX_SPEAKING_MS);
    const parts: Buffer[] = [];
    try {
      await this.textToSpeech.synthesize({
        text,
        voice: null,
        signal,
        onAudio: (pcm) => parts.push(Buffer.from(pcm)),
      });
      const audio = toWav(Buffer.concat(parts));
      await this.clips.store(key, audio);
      return audio;
    } catch (error) {
      await this.clips.release(key);
      throw toSpeechError(error, signal);
    }
  }

  private keyOf(text: string): Buffer {
    const { textToSpeech, voice } = this.config.speech;
    const content = JSON.stringify([textToSpeech?.model ?? null, voice, text]);
    return createHash('sha256').update(content).digest();
  }
}
