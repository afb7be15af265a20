import { EventEmitter, once } from 'node:events';
import type { LiveChannel, LiveChannelSession } from '@/modules/live/channel/live-channel.js';
import type { LiveServerEvents, LiveServerEventType } from '@/modules/live/channel/live-events.js';
import type { LiveSpeechStream } from '@/modules/live/turns/live-speech.js';
import type { AnswerVoice, LiveConversation, SpokenText, Utterance } from '@/modules/live/turns/live-turn.js';

export interface SentEvent {
  type: string;
  data: Record<string, unknown>;
}

/** A socket that keeps what is sent. */
export class RecordingChannel implements LiveChannel {
  readonly events: SentEvent[] = [];
  readonly audio: Buffer[] = [];
  readonly closed = new AbortController().signal;
  private readonly emitter = new EventEmitter();
  readonly session: LiveChannelSession;

  constructor(session: Partial<LiveChannelSession> = {}) {
    const defaults = { sessionId: 'session', sessionType: 'voice', language: 'en-GB', voice: null };
    this.session = {
      ...defaults,
      instructions: null,
      practiceModule: null,
      ...session,
    } as LiveChannelSession;
  }

  get audioMs(): number {
    return this.audio.reduce((sum, { length }) => sum + length, 0) / 48;
  }

  send<Type extends LiveServerEventType>(type: Type, data: LiveServerEvents[Type]): void {
    this.events.push({ type, data: data as unknown as Record<string, unknown> });
    this.emitter.emit('change');
  }

  sendAudio(bytes: Uint8Array): boolean {
    this.audio.push(Buffer.from(bytes));
    this.emitter.emit('change');
    return true;
  }

  async whenWritable(): Promise<void> {}

  ofType(type: string): Record<string, unknown>[] {
    return this.events.filter((event) => event.type === type).map(({ data }) => data);
  }

  async waitFor(isTrue: (channel: this) => boolean): Promise<void> {
    while (!isTrue(this)) await once(this.emitter, 'change');
  }
}

interface RunningTurn {
  id: string;
  stop: AbortController;
  voice: AnswerVoice | null;
  text: string;
}

/** A conversation whose model says what the test says. */
export class ScriptedConversation implements LiveConversation {
  readonly utterances: Utterance[] = [];
  stream: LiveSpeechStream | undefined;
  private running: RunningTurn | undefined;
  private turns = 0;
  /** 1 while the answer is held. */
  holds = 0;
  readonly history: SpokenText[] = [];

  constructor(
    private readonly channel: RecordingChannel,
    private readonly answers: readonly string[] = ['Nice to meet you. What shall we talk about?'],
  ) {}

  get runningTurnId(): string | null {
    return this.running?.id ?? null;
  }

  answer(utterance: Utterance): void {
    this.interrupt();
    this.utterances.push(utterance);
    void this.run(utterance.text);
  }

  hold(): void {
    this.holds += 1;
  }

  resume(): void {
    this.holds -= 1;
  }

  interrupt(): void {
    const { running } = this;
    if (!running) return;
    running.voice?.stop();
    running.stop.abort();
    this.end(running, 'interrupted');
  }

  private async run(text: string): Promise<void> {
    const id = `turn-${(this.turns += 1)}`;
    const turn: RunningTurn = { id, stop: new AbortController(), voice: null, text: '' };
    this.running = turn;
    this.channel.send('turn.started', { turn_id: id, reply_to: '', started_at: '' });
    turn.voice = this.stream?.openVoice(id) ?? null;
    const onText = (delta: string): void => {
      turn.text += delta;
      turn.voice?.speak(delta);
    };
    try {
      const { signal } = turn.stop;
      const history = [...this.history];
      if (this.stream?.runTurn)
        await this.stream.runTurn({ session: this.channel.session, history, text, signal, onText });
      else for (const word of this.answers[this.turns - 1]?.match(/\S+\s*/gu) ?? ['OK.']) onText(word);
      await turn.voice?.finish();
      this.history.push({ role: 'user', text }, { role: 'ai', text: turn.text });
      this.end(turn, 'completed');
    } catch {
      this.end(turn, 'failed');
    }
  }

  private end(turn: RunningTurn, reason: 'completed' | 'interrupted' | 'failed'): void {
    if (this.running !== turn) return;
    this.running = undefined;
    this.channel.send('turn.ended', {
      turn_id: turn.id,
      reason,
      heard_text: turn.voice?.heardText() ?? '',
      generated_text: turn.text,
    } as LiveServerEvents['turn.ended']);
  }
}
