import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { connectMediaClient, type MediaClient, ModelFailure } from '@/modules/ai/index.js';
import { Config } from '@/platform/config/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { toWav } from '../audio/pcm.js';
import {
  SpeechToText,
  type SpokenWord,
  type Transcription,
  type TranscriptionRequest,
} from './speech-to-text.js';

const PATH = '/audio/transcriptions';
/** A person waits for the text. */
const TIMEOUT_MS = 15_000;
/** For a recording, which is longer than an utterance. */
const RECORDING_TIMEOUT_MS = 60_000;
const MAX_TEXT_CHARS = 8_000;
const MAX_WORDS = 5_000;
const MAX_WORD_CHARS = 100;
const MAX_SECONDS = 86_400;

/** Transcribes with an OpenAI-compatible server. Failures contain no text of the server. */
@Injectable()
export class OpenAiSpeechToText extends SpeechToText implements OnApplicationShutdown {
  private client: Promise<MediaClient> | undefined;
  /** Servers that know no streaming, and models that know no times of words, refuse the parameter; learnt from a refusal. */
  private readonly refused = new Set<Extra>();

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  get isConfigured(): boolean {
    return this.config.speech.speechToText !== undefined;
  }

  async onApplicationShutdown(): Promise<void> {
    await (await this.client)?.close();
  }

  /** What was refused is left out of a second request. */
  async transcribe(request: TranscriptionRequest): Promise<Transcription> {
    const extra = request.wantsWords ? 'words' : request.onPartial ? 'stream' : undefined;
    if (!extra || this.refused.has(extra)) return this.request(request, undefined);
    try {
      return await this.request(request, extra);
    } catch (error) {
      if (!(error instanceof ModelFailure) || error.reason !== 'request_rejected') throw error;
      const transcription = await this.request(request, undefined);
      this.refused.add(extra);
      return transcription;
    }
  }

  private async request(request: TranscriptionRequest, extra: Extra | undefined): Promise<Transcription> {
    const { speechToText: settings } = this.config.speech;
    if (!settings) throw new Error('No server for transcriptions is configured.');
    this.client ??= connectMediaClient(settings, this.config.ai, this.clock);
    const patience = request.wantsWords ? RECORDING_TIMEOUT_MS : TIMEOUT_MS;
    const limit = Math.min(patience, this.config.ai.answerTimeoutMs);
    const reader = new TranscriptReader(request.onPartial);
    await (
      await this.client
    ).postForm(PATH, buildForm(request, settings.model, extra), (value) => reader.read(value), {
      timeouts: { answerMs: limit, stallMs: limit },
      signal: request.signal,
    });
    return reader.finish();
  }
}

/** What not every server knows. */
type Extra = 'stream' | 'words';

function buildForm(
  { pcm, language }: TranscriptionRequest,
  model: string,
  extra: Extra | undefined,
): FormData {
  const form = new FormData();
  form.append('model', model);
  form.append('response_format', extra === 'words' ? 'verbose_json' : 'json');
  if (extra === 'words') form.append('timestamp_granularities[]', 'word');
  // The servers know languages without a region.
  const [base = ''] = (language ?? '').toLowerCase().split(/[-_]/);
  if (/^[a-z]{2,3}$/.test(base)) form.append('language', base);
  if (extra === 'stream') form.append('stream', 'true');
  form.append('file', new Blob([new Uint8Array(toWav(pcm))], { type: 'audio/wav' }), 'utterance.wav');
  return form;
}

/** Reads one body with a text, or the events of a stream: the server decides. */
class TranscriptReader {
  private partial = '';
  private text: string | undefined;
  private words: SpokenWord[] | null = null;

  constructor(private readonly onPartial: ((text: string) => void) | undefined) {}

  read(value: unknown): void {
    const { type, delta, text, words, error } = (value ?? {}) as Record<string, unknown>;
    if (typeof error === 'object' && error !== null) throw new ModelFailure('server_error');
    if (typeof text === 'string') this.text = text;
    if (Array.isArray(words)) this.words = toSpokenWords(words);
    if (type !== 'transcript.text.delta' || typeof delta !== 'string') return;
    this.partial = (this.partial + delta).slice(0, MAX_TEXT_CHARS);
    if (this.partial.trim() !== '') this.onPartial?.(this.partial.trim());
  }

  /** Throws when there was no text at all. */
  finish(): Transcription {
    if (this.text === undefined) throw new ModelFailure('malformed_answer');
    return { text: this.text.slice(0, MAX_TEXT_CHARS).toWellFormed().trim(), words: this.words };
  }
}

/** Returns null for words without times in their order: half of them would say nothing about the pace. */
function toSpokenWords(values: readonly unknown[]): SpokenWord[] | null {
  const words: SpokenWord[] = [];
  for (const value of values.slice(0, MAX_WORDS)) {
    const { word, start, end } = (value ?? {}) as Record<string, unknown>;
    const earliest = words.at(-1)?.start ?? 0;
    if (typeof word !== 'string' || typeof start !== 'number' || typeof end !== 'number') return null;
    if (!(start >= earliest && end >= start && end <= MAX_SECONDS)) return null;
    const text = word.trim().slice(0, MAX_WORD_CHARS).toWellFormed();
    if (text !== '') words.push({ word: text, start, end });
  }
  return words.length > 0 ? words : null;
}
