import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { connectMediaClient, type MediaClient, ModelFailure } from '@/modules/ai/index.js';
import { Config } from '@/platform/config/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { SpeechAudioReader } from './speech-audio-reader.js';
import { type SpeechRequest, TextToSpeech } from './text-to-speech.js';

const PATH = '/audio/speech';
/** A person waits for the first audio. */
const FIRST_AUDIO_MS = 10_000;
const STALL_MS = 5_000;

/** Speaks with an OpenAI-compatible server. Failures contain no text of the server. */
@Injectable()
export class OpenAiTextToSpeech extends TextToSpeech implements OnApplicationShutdown {
  private client: Promise<MediaClient> | undefined;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  get isConfigured(): boolean {
    return this.config.speech.textToSpeech !== undefined;
  }

  async onApplicationShutdown(): Promise<void> {
    await (await this.client)?.close();
  }

  async synthesize({ text, voice, signal, onAudio }: SpeechRequest): Promise<void> {
    const { textToSpeech: settings, voice: defaultVoice } = this.config.speech;
    if (!settings) throw new Error('No server for speech is configured.');
    this.client ??= connectMediaClient(settings, this.config.ai, this.clock);
    const { answerTimeoutMs, stallTimeoutMs } = this.config.ai;
    const reader = new SpeechAudioReader();
    let bytes = 0;
    const body = {
      model: settings.model,
      input: text,
      voice: voice ?? defaultVoice,
      response_format: 'pcm',
    };
    const onBytes = (chunk: Buffer): void => {
      const pcm = reader.append(chunk);
      bytes += pcm.length;
      if (pcm.length > 0) onAudio(pcm);
    };
    const timeouts = {
      answerMs: Math.min(FIRST_AUDIO_MS, answerTimeoutMs),
      stallMs: Math.min(STALL_MS, stallTimeoutMs),
    };
    await (await this.client).postForBytes(PATH, body, onBytes, { timeouts, signal });
    if (bytes === 0) throw new ModelFailure('empty_answer');
  }
}
