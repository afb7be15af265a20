import type { Clock } from '@/platform/kernel/clock.js';
import type {
  EarlierTurn,
  SpeechToSpeech,
  SpeechToSpeechListener,
  SpeechToSpeechSession,
} from '../providers/speech-to-speech.js';

export interface RealtimeConnectionOptions {
  speechToSpeech: SpeechToSpeech;
  clock: Clock;
  instructions: string;
  voice: string | null;
  language: string | null;
  listener: Omit<SpeechToSpeechListener, 'onClose'>;
  /** Returns what was said so far, oldest first. */
  readHistory: () => readonly EarlierTurn[];
  /** Another connection carries the answers now. */
  onHandover: (handover: Handover) => void;
  /** The connection was lost. */
  onLost: (error: Error) => void;
}

export interface Handover {
  /** `planned`: before the limit of the provider. `lost`: the provider ended the connection. */
  reason: 'planned' | 'lost';
  /** Milliseconds without a connection. */
  gapMs: number;
}

/** After a failure the next attempt waits. */
const RETRY_MS = 2_000;

/** Keeps one connection to a speech-to-speech model, and replaces it before the provider ends it. */
export class RealtimeConnection {
  private readonly closed = new AbortController();
  private current: { session: SpeechToSpeechSession; since: number } | undefined;
  private opening: Promise<SpeechToSpeechSession> | undefined;
  private lostAt: number | undefined;
  private failedAt = -Infinity;

  constructor(private readonly options: RealtimeConnectionOptions) {}

  /** Returns the connection, and opens it when there is none. Throws a `ModelFailure`. */
  async open(): Promise<SpeechToSpeechSession> {
    return this.current?.session ?? (this.opening ??= this.replace());
  }

  /** Opens the connection early, and replaces one that is old. Not to be called while an answer runs. */
  maintain(): void {
    const { clock, speechToSpeech } = this.options;
    const now = clock.millis();
    const age = this.current ? now - this.current.since : Infinity;
    if (this.opening || this.closed.signal.aborted || age < speechToSpeech.connectionSeconds * 1000) return;
    if (now - this.failedAt < RETRY_MS) return;
    this.opening = this.replace();
    this.opening.catch(() => undefined);
  }

  close(): void {
    this.closed.abort();
    this.current?.session.close();
    this.current = undefined;
  }

  /** The old connection is used until the new one has the context. */
  private async replace(): Promise<SpeechToSpeechSession> {
    const old = this.current;
    try {
      const session = await this.connect();
      old?.session.close();
      this.reportHandover(old !== undefined);
      return session;
    } catch (error) {
      this.failedAt = this.options.clock.millis();
      throw error;
    } finally {
      this.opening = undefined;
    }
  }

  private async connect(): Promise<SpeechToSpeechSession> {
    const { speechToSpeech, clock, instructions, voice, language, listener } = this.options;
    const { signal } = this.closed;
    const opened: { session?: SpeechToSpeechSession } = {};
    const ifCurrent = (action: () => void): void => {
      if (opened.session !== undefined && this.current?.session === opened.session) action();
    };
    const session = await speechToSpeech.connect({
      ...{ instructions, voice, language, signal },
      history: this.options.readHistory(),
      listener: {
        onUserText: (text, isFinal) => ifCurrent(() => listener.onUserText(text, isFinal)),
        onUserTextFailure: () => ifCurrent(() => listener.onUserTextFailure()),
        onAnswerText: (delta) => ifCurrent(() => listener.onAnswerText(delta)),
        onAnswerAudio: (pcm) => ifCurrent(() => listener.onAnswerAudio(pcm)),
        onAnswerEnd: (end) => ifCurrent(() => listener.onAnswerEnd(end)),
        onClose: (error) => ifCurrent(() => this.lose(error)),
      },
    });
    opened.session = session;
    this.current = { session, since: clock.millis() };
    return session;
  }

  private lose(error: Error): void {
    this.current = undefined;
    if (this.closed.signal.aborted) return;
    this.lostAt = performance.now();
    this.options.onLost(error);
  }

  private reportHandover(isPlanned: boolean): void {
    const { onHandover } = this.options;
    if (isPlanned) onHandover({ reason: 'planned', gapMs: 0 });
    else if (this.lostAt !== undefined)
      onHandover({ reason: 'lost', gapMs: Math.round(performance.now() - this.lostAt) });
    this.lostAt = undefined;
  }
}
