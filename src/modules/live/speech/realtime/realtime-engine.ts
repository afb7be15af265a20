import { aiErrors, failureMessage, ModelFailure } from '@/modules/ai/index.js';
import type { LiveChannel } from '@/modules/live/channel/live-channel.js';
import type { TurnAnswer, TurnRequest } from '@/modules/live/turns/live-turn.js';
import type { Clock } from '@/platform/kernel/clock.js';
import type { Log } from '@/platform/logging/index.js';
import type { PausableVoice, SpeechEngine, UnderstandingRequest } from '../engine/speech-engine.js';
import { VoiceEvents } from '../engine/voice-events.js';
import type { EarlierTurn, SpeechToSpeech, SpeechToSpeechSession } from '../providers/speech-to-speech.js';
import { RealtimeAnswer } from './realtime-answer.js';
import { type Handover, RealtimeConnection } from './realtime-connection.js';

export interface RealtimePorts {
  speechToSpeech: SpeechToSpeech;
  clock: Clock;
  log: Log;
}

/** The answer does not wait longer for the words of the user. */
const USER_TEXT_MS = 3_000;
/** Stands for speech whose words the provider cannot tell. */
const UNKNOWN_WORDS = '…';
const PROVIDER = 'speech';

/** Speech by a model that listens and speaks. It answers the utterance while its words are still being recognized. */
export class RealtimeEngine implements SpeechEngine {
  private readonly connection: RealtimeConnection;
  private history: readonly EarlierTurn[];
  /** The answer whose audio arrives, and the one whose turn has not begun. */
  private running: RealtimeAnswer | undefined;
  private next: RealtimeAnswer | undefined;
  private hasUtterance = false;
  private onUserText: ((text: string, isFinal: boolean) => void) | undefined;

  constructor(
    private readonly channel: LiveChannel,
    private readonly ports: RealtimePorts,
    { instructions, history = [] }: { instructions: string; history?: readonly EarlierTurn[] },
  ) {
    this.history = history;
    const { voice, language } = channel.session;
    this.connection = new RealtimeConnection({
      ...{ speechToSpeech: ports.speechToSpeech, clock: ports.clock, instructions, voice, language },
      listener: {
        onUserText: (text, isFinal) => this.onUserText?.(text, isFinal),
        onUserTextFailure: () => this.onUserText?.(UNKNOWN_WORDS, true),
        onAnswerText: (delta) => this.running?.addText(delta),
        onAnswerAudio: (pcm) => this.running?.addAudio(pcm),
        onAnswerEnd: (end) => this.running?.end(end),
      },
      readHistory: () => this.history,
      onHandover: (handover) => this.reportHandover(handover),
      onLost: (error) => this.running?.fail(error),
    });
  }

  async understand({ utterance, isOverlapping, onPartial }: UnderstandingRequest): Promise<string> {
    const session = await this.connection.open();
    const words = this.waitForUserText(onPartial);
    this.hasUtterance = true;
    session.addSpeech(utterance.pcm);
    if (!isOverlapping) {
      this.next?.stop();
      this.next = new RealtimeAnswer(this.channel);
      this.start(this.next, session);
    }
    return words;
  }

  discardUtterance(): void {
    this.hasUtterance = false;
    this.next?.stop();
    this.next = undefined;
    void this.connection.open().then(
      (session) => session.removeLastSpeech(),
      () => undefined,
    );
  }

  openVoice(turnId: string): PausableVoice {
    const answer = (this.next ??= new RealtimeAnswer(this.channel));
    const events = new VoiceEvents(this.channel, turnId, this.ports.log);
    answer.open({
      onFirstAudio: () => events.onFirstAudio(),
      onComplete: (segment) =>
        events.onSegment({ ...segment, spoken: segment.text, startSample: 0, index: 0 }),
    });
    return answer;
  }

  /** Speaks the answer to the last utterance, or to a text. */
  async runTurn({ history, text, signal, onText }: TurnRequest): Promise<TurnAnswer> {
    const answer = this.next ?? new RealtimeAnswer(this.channel);
    this.next = undefined;
    this.history = [...history];
    const stop = (): void => answer.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (!answer.isStarted) await this.ask(answer, text, signal);
      this.hasUtterance = false;
      const spoken = await answer.readText(onText);
      this.history = [...history, { role: 'user', text }, { role: 'ai', text: spoken }];
      return { text: spoken, provider: PROVIDER, model: PROVIDER };
    } catch (error) {
      signal.throwIfAborted();
      answer.stop();
      throw toProviderError(error);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  maintain(): void {
    if (!this.running?.isRunning && !this.next) this.connection.maintain();
  }

  close(): void {
    this.running?.stop();
    this.next?.stop();
    this.connection.close();
  }

  /** An utterance that overlapped an answer is asked only now; a text is not known to the model before. */
  private async ask(answer: RealtimeAnswer, text: string, signal: AbortSignal): Promise<void> {
    const session = await this.connection.open();
    signal.throwIfAborted();
    if (!this.hasUtterance) session.addText(text);
    this.start(answer, session);
  }

  private start(answer: RealtimeAnswer, session: SpeechToSpeechSession): void {
    this.running = answer;
    answer.start(session);
  }

  private waitForUserText(onPartial: (text: string) => void): Promise<string> {
    return new Promise((resolve) => {
      let partial = '';
      const timer = setTimeout(() => resolve(partial.trim() || UNKNOWN_WORDS), USER_TEXT_MS).unref();
      this.onUserText = (text, isFinal) => {
        partial = isFinal ? text : partial + text;
        if (!isFinal) return onPartial(partial.trim());
        clearTimeout(timer);
        resolve(partial.trim());
      };
    });
  }

  private reportHandover({ reason, gapMs }: Handover): void {
    this.ports.log.info('live.speech_handover', { reason, gap_ms: gapMs });
    this.channel.send('speech.handover', { reason, gap_ms: gapMs });
  }
}

function toProviderError(error: unknown): unknown {
  if (!(error instanceof ModelFailure)) return error;
  const data = { provider: PROVIDER, reason: failureMessage(error) };
  return error.kind === 'timed_out'
    ? aiErrors.provider_timeout({ data, cause: error })
    : aiErrors.provider_failed({ data, cause: error });
}
