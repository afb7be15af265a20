import { ModelFailure } from '@/modules/ai/index.js';
import type { LiveChannel } from '@/modules/live/channel/live-channel.js';
import type { Log } from '@/platform/logging/index.js';
import type { PausableVoice, SpeechEngine, UnderstandingRequest } from '../engine/speech-engine.js';
import { VoiceEvents } from '../engine/voice-events.js';
import type { SpeechToText } from '../providers/speech-to-text.js';
import type { TextToSpeech } from '../providers/text-to-speech.js';
import { SpokenAnswer } from '../voice/spoken-answer.js';

export interface CascadePorts {
  speechToText: SpeechToText;
  textToSpeech: TextToSpeech;
  log: Log;
}

/** Utterances that wait for their text. With more, the server is too slow for a conversation. */
const MAX_WAITING = 3;

/** Speech in three steps: speech to text, a language model, and text to speech. */
export class CascadeEngine implements SpeechEngine {
  private readonly closed = new AbortController();
  private transcriptions: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private voice: SpokenAnswer | undefined;

  constructor(
    private readonly channel: LiveChannel,
    private readonly ports: CascadePorts,
  ) {}

  /** Transcribes one utterance after the other. */
  async understand({ utterance: { pcm }, onPartial }: UnderstandingRequest): Promise<string> {
    if (this.waiting >= MAX_WAITING) throw new ModelFailure('no_answer_in_time');
    const { language } = this.channel.session;
    const { signal } = this.closed;
    this.waiting += 1;
    const transcription = this.transcriptions.then(() =>
      this.ports.speechToText.transcribe({ pcm, language, signal, onPartial }),
    );
    this.transcriptions = transcription.catch(() => undefined);
    const { text } = await transcription.finally(() => (this.waiting -= 1));
    return text;
  }

  discardUtterance(): void {
    // Nothing of it is kept.
  }

  openVoice(turnId: string): PausableVoice {
    const { channel } = this;
    this.voice = new SpokenAnswer({
      textToSpeech: this.ports.textToSpeech,
      sink: channel,
      voice: channel.session.voice,
      listener: new VoiceEvents(channel, turnId, this.ports.log),
    });
    return this.voice;
  }

  close(): void {
    this.voice?.stop();
    this.closed.abort();
  }
}
