import type { GroundingSource } from '@/modules/ai/index.js';
import { toAppError } from '@/platform/errors/index.js';
import type { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import type { Log } from '@/platform/logging/index.js';
import type { LiveChannelSession } from '../channel/live-channel.js';
import type { TurnEndReason } from '../channel/live-events.js';
import type { SessionOutput } from '../channel/session-output.js';
import type { LiveSpeechStream } from './live-speech.js';
import type { LiveConversation, SpokenText, Utterance } from './live-turn.js';
import { RunningAnswer } from './running-answer.js';
import { MAX_HISTORY_TURNS, selectHistory } from './turn-prompt.rules.js';
import type { RecordedTurn, TurnRecorder } from './turn-recorder.js';
import type { TurnRunner } from './turn-runner.js';

export interface ConversationPorts {
  runner: TurnRunner;
  recorder: TurnRecorder;
  clock: Clock;
  log: Log;
}

/**
 * The turns of one session: tells the client about them, stores them, and remembers them for the model. An answer goes on when the
 * socket is lost: a client that resumes gets what it has missed.
 */
export class SessionConversation implements LiveConversation {
  /** The audio of the present socket; null without audio. */
  speech: LiveSpeechStream | null = null;
  private earlier: SpokenText[] = [];
  private running: RunningAnswer | null = null;
  private readonly recordings = new Set<Promise<unknown>>();

  constructor(
    private readonly session: LiveChannelSession,
    private readonly output: SessionOutput,
    private readonly ports: ConversationPorts,
  ) {}

  get history(): readonly SpokenText[] {
    return this.earlier;
  }

  get runningTurnId(): string | null {
    return this.running?.turnId ?? null;
  }

  /** Reads what was said before the session came to this process. */
  async restore(): Promise<void> {
    const turns = await this.ports.recorder.listLatestTurns(this.session.sessionId, MAX_HISTORY_TURNS);
    this.earlier = selectHistory(turns);
  }

  answer(utterance: Utterance): void {
    this.interrupt();
    const { text, startedAt, endedAt, turnId = newId() } = utterance;
    const times = { started_at: startedAt.toISOString(), ended_at: endedAt.toISOString() };
    this.output.send('transcript.final', { role: 'user', text, turn_id: turnId, ...times });
    this.record({
      turn_id: turnId,
      role: 'user',
      text,
      generated_text: null,
      started_at: startedAt,
      ended_at: endedAt,
    });
    const history = this.remember({ role: 'user', text });
    const answer = new RunningAnswer({ turnId: newId(), startedAt: this.ports.clock.now() });
    this.running = answer;
    const started_at = answer.startedAt.toISOString();
    this.output.send('turn.started', { turn_id: answer.turnId, reply_to: turnId, started_at });
    void this.run(answer, history, utterance);
  }

  interrupt(): void {
    if (this.running) this.end(this.running, 'interrupted');
  }

  hold(): void {
    this.running?.hold();
  }

  resume(): void {
    const answer = this.running;
    const text = answer?.resume() ?? '';
    if (answer && text !== '') this.pass(answer, text);
  }

  /** Resolves when everything that was said is stored. */
  async whenRecorded(): Promise<void> {
    await Promise.allSettled(this.recordings);
  }

  private async run(answer: RunningAnswer, history: SpokenText[], utterance: Utterance): Promise<void> {
    const { session, speech } = this;
    this.sendState('thinking');
    try {
      answer.voice = speech?.openVoice(answer.turnId) ?? null;
      const request = {
        session,
        history,
        text: utterance.text,
        signal: answer.abort.signal,
        onText: (delta: string) => this.pass(answer, delta),
        flow: answer.flow,
        onSources: (sources: GroundingSource[]) => this.passSources(answer, sources),
      };
      await (speech?.runTurn ? speech.runTurn(request) : this.ports.runner.run(request));
      await answer.whenResumed();
      await answer.voice?.finish();
      this.end(answer, 'completed', utterance.speechToTextMs);
    } catch (error) {
      this.fail(answer, error);
    }
  }

  private pass(answer: RunningAnswer, delta: string): void {
    if (this.running !== answer || answer.keepIfHeld(delta)) return;
    if (answer.generatedText === '' && !answer.voice) this.sendState('speaking');
    answer.append(delta);
    this.output.send('ai.text', { turn_id: answer.turnId, delta });
    answer.voice?.speak(delta);
  }

  private passSources(answer: RunningAnswer, sources: GroundingSource[]): void {
    if (this.running === answer) this.output.send('ai.sources', { turn_id: answer.turnId, sources });
  }

  private fail(answer: RunningAnswer, thrown: unknown): void {
    if (this.running !== answer) return; // it was interrupted
    const { code, status, message, cause } = toAppError(thrown);
    if (status >= 500 && cause !== undefined) this.ports.log.error('live.turn_failed', cause, { code });
    else this.ports.log.warn('live.turn_failed', { code });
    this.output.send('error', { code, message });
    this.end(answer, 'failed');
  }

  /** Has no effect on an answer that has ended. */
  private end(answer: RunningAnswer, reason: TurnEndReason, speechToTextMs: number | null = null): void {
    if (this.running !== answer) return;
    this.running = null;
    const { turnId, generatedText, startedAt } = answer;
    answer.voice?.stop();
    answer.abort.abort();
    answer.resume();
    const text = reason === 'completed' && !answer.voice ? generatedText : answer.heardText;
    const endedAt = this.ports.clock.now();
    const times = { started_at: startedAt.toISOString(), ended_at: endedAt.toISOString() };
    if (text !== '') {
      this.output.send('transcript.final', { role: 'ai', text, turn_id: turnId, ...times });
      this.remember({ role: 'ai', text });
    }
    const delays = { speech_to_text: speechToTextMs, ...answer.delays };
    const texts = { heard_text: text, generated_text: generatedText };
    this.output.send('turn.ended', { turn_id: turnId, reason, ...times, ...texts, delays });
    this.sendState('idle');
    if (generatedText === '') return;
    const generated_text = text === generatedText ? null : generatedText;
    this.record({
      turn_id: turnId,
      role: 'ai',
      text,
      generated_text,
      started_at: startedAt,
      ended_at: endedAt,
    });
  }

  /** Returns the turns before this one. */
  private remember(turn: SpokenText): SpokenText[] {
    const before = this.earlier;
    this.earlier = selectHistory([...before, turn]);
    return before;
  }

  private record(turn: RecordedTurn): void {
    const recording = this.ports.recorder
      .appendTurn(this.session.sessionId, turn)
      .catch((error: unknown) => this.ports.log.error('live.turn_not_stored', error))
      .finally(() => this.recordings.delete(recording));
    this.recordings.add(recording);
  }

  private sendState(state: 'idle' | 'thinking' | 'speaking'): void {
    if (this.session.sessionType === 'avatar') this.output.send('avatar.state', { state });
  }
}
