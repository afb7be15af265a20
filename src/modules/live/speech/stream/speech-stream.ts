import type { LiveChannel } from '@/modules/live/channel/live-channel.js';
import type { LiveSpeechStream } from '@/modules/live/turns/live-speech.js';
import type {
  AnswerVoice,
  LiveConversation,
  TurnAnswer,
  TurnRequest,
} from '@/modules/live/turns/live-turn.js';
import type { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import type { Log } from '@/platform/logging/index.js';
import { isBackchannel, isStopRequest } from '../activity/backchannels.js';
import { EnergyVoiceDetector } from '../activity/energy-voice-detector.js';
import { BACKCHANNEL_MS, InterruptionJudge } from '../activity/interruption-judge.js';
import { type RecordedUtterance, UtteranceRecorder } from '../activity/utterance-recorder.js';
import { AudioError } from '../audio/audio-error.js';
import { AudioInput } from '../audio/audio-input.js';
import { pcmDurationMs } from '../audio/pcm.js';
import type { PausableVoice, SpeechEngine } from '../engine/speech-engine.js';
import { reportSpeechFailure } from '../engine/voice-events.js';
import { AudioAllowance } from './audio-allowance.js';
import { detectAudioFormat } from './audio-format.js';

export interface SpeechStreamOptions {
  channel: LiveChannel;
  conversation: LiveConversation;
  engine: SpeechEngine;
  clock: Clock;
  log: Log;
}

/** Shorter sounds are clicks. */
const MIN_VOICE_MS = 120;

/** An answer is held no longer: the client sends no more audio. */
const MAX_HOLD_MS = 10_000;

/** How an utterance met an answer. `resumed`: it was short, so the answer went on. */
type Overlap = 'none' | 'held' | 'resumed';

/** Listens to one socket, and judges who speaks. */
export class SpeechStream implements LiveSpeechStream {
  private readonly recorder: UtteranceRecorder;
  private readonly judge = new InterruptionJudge();
  private readonly allowance: AudioAllowance;
  private input: AudioInput | undefined;
  private isDeaf = false;
  private isClosed = false;
  private playing: { turnId: string; voice: PausableVoice } | undefined;
  private utteranceId = newId();
  private holdTimer: NodeJS.Timeout | undefined;

  constructor(private readonly options: SpeechStreamOptions) {
    this.allowance = new AudioAllowance(options.clock.millis());
    this.recorder = new UtteranceRecorder(new EnergyVoiceDetector(), {
      onVoice: () => this.beginUtterance(),
      onUtterance: (utterance) => this.endUtterance(utterance),
    });
  }

  /** Takes the next bytes of the audio. After bytes that are no audio, the stream hears nothing more. */
  receiveAudio(frame: Buffer): Promise<void> | void {
    if (this.isDeaf || this.isClosed) return;
    this.input ??= new AudioInput(detectAudioFormat(frame));
    const work = this.input
      .append(frame, (pcm) => this.receivePcm(pcm))
      .catch((error: unknown) => this.failInput(error));
    return this.input.format === 'pcm16' ? undefined : work;
  }

  recordPlayback(turnId: string, milliseconds: number): void {
    if (this.playing?.turnId === turnId) this.playing.voice.recordPlayback(milliseconds);
  }

  openVoice(turnId: string): AnswerVoice {
    const voice = this.options.engine.openVoice(turnId);
    this.playing = { turnId, voice };
    return voice;
  }

  /** Undefined when a language model answers. */
  get runTurn(): ((request: TurnRequest) => Promise<TurnAnswer>) | undefined {
    const { engine } = this.options;
    return (
      engine.runTurn && ((request) => engine.runTurn?.(request) ?? Promise.reject(new Error('No engine.')))
    );
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.holdTimer);
    this.input?.close();
    this.options.engine.close();
  }

  private receivePcm(pcm: Buffer): void {
    if (this.isDeaf || this.isClosed) return;
    if (!this.allowance.take(pcmDurationMs(pcm), this.options.clock.millis()))
      throw new AudioError('The audio arrives faster than it is spoken.');
    this.recorder.append(pcm);
    if (this.recorder.isVoice) this.judgeVoice();
    else this.options.engine.maintain?.();
  }

  private failInput(error: unknown): void {
    this.isDeaf = true;
    this.input?.close();
    if (!(error instanceof AudioError)) this.options.log.error('live.audio_failed', error);
    const message = error instanceof AudioError ? error.message : 'The audio cannot be read.';
    this.options.channel.send('error', { code: 'audio_invalid', message });
  }

  private beginUtterance(): void {
    this.utteranceId = newId();
    this.judge.begin();
    if (!this.isAnswerAudible) this.sendState('listening');
  }

  private get isAnswerAudible(): boolean {
    return this.playing?.voice.isAudible ?? false;
  }

  private judgeVoice(): void {
    const { voicedMs, silentMs } = this.recorder;
    const { isAnswerAudible } = this;
    switch (this.judge.judge({ isAnswerAudible, voicedMs, silentMs })) {
      case 'hold':
        return this.holdAnswer();
      case 'resume':
        return this.resumeAnswer();
      case 'interrupt':
        return this.options.conversation.interrupt();
      case undefined:
    }
  }

  private holdAnswer(): void {
    if (!this.playing) return;
    this.playing.voice.hold();
    this.options.conversation.hold();
    this.options.channel.send('interruption.started', { turn_id: this.playing.turnId });
    clearTimeout(this.holdTimer);
    this.holdTimer = setTimeout(() => this.endHold(), MAX_HOLD_MS).unref();
  }

  private endHold(): void {
    if (!this.judge.isHolding) return;
    this.judge.resume();
    this.resumeAnswer();
  }

  private resumeAnswer(): void {
    if (!this.playing) return;
    this.playing.voice.resume();
    this.options.channel.send('interruption.false', { turn_id: this.playing.turnId });
    this.options.conversation.resume();
  }

  private endUtterance(utterance: RecordedUtterance): void {
    if (utterance.voicedMs < BACKCHANNEL_MS) this.endHold();
    const overlap: Overlap = this.judge.isHolding ? 'held' : this.judge.hasResumed ? 'resumed' : 'none';
    if (utterance.voicedMs < MIN_VOICE_MS) return;
    if (overlap === 'none') this.prepareAnswer();
    void this.understand(utterance, overlap);
  }

  /** A model that speaks itself answers at once, so its present answer, which is not heard yet, must end. */
  private prepareAnswer(): void {
    const { engine, conversation } = this.options;
    this.sendState('thinking');
    if (engine.runTurn && conversation.runningTurnId !== null) conversation.interrupt();
  }

  private async understand(utterance: RecordedUtterance, overlap: Overlap): Promise<void> {
    const { engine, clock, channel, log } = this.options;
    const turnId = this.utteranceId;
    const endedAt = clock.after(-utterance.agoMs / 1000);
    const startedAt = new Date(endedAt.getTime() - utterance.durationMs);
    const times = { started_at: startedAt.toISOString(), ended_at: endedAt.toISOString() };
    const heardAt = performance.now();
    const onPartial = (text: string): void => {
      if (overlap === 'none')
        channel.send('transcript.partial', { role: 'user', text, turn_id: turnId, ...times });
    };
    try {
      const text = await engine.understand({ utterance, isOverlapping: overlap !== 'none', onPartial });
      if (this.isClosed) return;
      const speechToTextMs = Math.round(performance.now() - heardAt + utterance.agoMs);
      const isAnswered = this.decide(text, overlap);
      if (isAnswered) this.options.conversation.answer({ text, startedAt, endedAt, turnId, speechToTextMs });
      else engine.discardUtterance();
    } catch (error) {
      if (this.isClosed) return;
      if (overlap === 'held') this.options.conversation.interrupt();
      this.judge.finish('interrupt');
      reportSpeechFailure(channel, log, error);
      this.sendState('idle');
    }
  }

  /** Returns whether the utterance is answered. */
  private decide(text: string, overlap: Overlap): boolean {
    if (overlap === 'resumed') return isStopRequest(text);
    if (overlap === 'none') {
      if (text === '') this.sendState('idle');
      return text !== '';
    }
    if (isBackchannel(text) && this.judge.isHolding) {
      this.endHold();
      return false;
    }
    this.judge.finish('interrupt');
    return text !== '';
  }

  private sendState(state: 'idle' | 'listening' | 'thinking'): void {
    if (this.options.channel.session.sessionType === 'avatar')
      this.options.channel.send('avatar.state', { state });
  }
}
