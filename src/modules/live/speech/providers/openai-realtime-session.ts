import type { WebSocket } from 'ws';
import { ModelFailure } from '@/modules/ai/index.js';
import { SampleAligner } from '../audio/pcm.js';
import {
  buildSessionUpdate,
  buildSpeech,
  buildTextItem,
  parseRealtimeEvent,
  readObject,
  readText,
  type RealtimeDialect,
  type RealtimeEvent,
} from './realtime-protocol.js';
import type { AnswerEnd, SpeechToSpeechOptions, SpeechToSpeechSession } from './speech-to-speech.js';

export interface RealtimeTimeouts {
  /** Until the session is configured, and until the first event of an answer. */
  answerMs: number;
  /** Between two events of an answer. */
  stallMs: number;
}

type SessionOptions = SpeechToSpeechOptions & { voice: string };

/** One connection with the protocol of OpenAI Realtime. No text of the provider gets into failures. */
export class OpenAiRealtimeSession implements SpeechToSpeechSession {
  private dialect: RealtimeDialect = 'current';
  private aligner = new SampleAligner();
  private timer: NodeJS.Timeout | undefined;
  private isReady = false;
  private isAnswering = false;
  /** Ids of the last utterance, of the present response, and of the item that it speaks. */
  private speechItem = '';
  private responseId = '';
  private answerItem = '';
  /** Responses that were stopped: the last one, and how many that had no id yet. */
  private stoppedId = '';
  private stoppedUnnamed = 0;
  private onReady: (() => void) | undefined;
  private failure: Error | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly options: SessionOptions,
    private readonly timeouts: RealtimeTimeouts,
  ) {
    socket.on('message', (data, isBinary) => {
      const event = isBinary ? undefined : parseRealtimeEvent((data as Buffer).toString('utf8'));
      if (event) this.receive(event);
    });
    socket.on('error', () => this.fail(new ModelFailure('unreachable')));
    socket.on('close', () => this.fail(new ModelFailure('incomplete_answer')));
    options.signal.addEventListener('abort', this.onAbort, { once: true });
  }

  /** Configures the session, and adds the earlier turns. Resolves when the provider has accepted it. */
  async configure(): Promise<void> {
    const ready = new Promise<void>((resolve) => (this.onReady = resolve));
    this.send(buildSessionUpdate(this.dialect, this.options));
    this.startTimer('no_answer_in_time', this.timeouts.answerMs);
    await ready;
    if (this.failure) throw this.failure;
    clearTimeout(this.timer);
    for (const turn of this.options.history) this.send(buildTextItem(this.dialect, turn));
  }

  addSpeech(pcm: Buffer): void {
    this.speechItem = '';
    for (const event of buildSpeech(pcm)) this.send(event);
  }

  addText(text: string): void {
    this.send(buildTextItem(this.dialect, { role: 'user', text }));
  }

  removeLastSpeech(): void {
    if (this.speechItem !== '') this.send({ type: 'conversation.item.delete', item_id: this.speechItem });
  }

  startAnswer(): void {
    this.isAnswering = true;
    this.responseId = '';
    this.answerItem = '';
    this.aligner = new SampleAligner();
    this.send({ type: 'response.create' });
    this.startTimer('no_answer_in_time', this.timeouts.answerMs);
  }

  stopAnswer(playedMs: number): void {
    if (this.isAnswering) {
      this.send({ type: 'response.cancel' });
      if (this.responseId === '') this.stoppedUnnamed += 1;
      else this.stoppedId = this.responseId;
    }
    this.isAnswering = false;
    clearTimeout(this.timer);
    if (this.answerItem === '') return;
    const audio_end_ms = Math.max(0, Math.floor(playedMs));
    this.send({
      type: 'conversation.item.truncate',
      item_id: this.answerItem,
      content_index: 0,
      audio_end_ms,
    });
  }

  close(): void {
    this.fail(new Error('The session was closed.'));
  }

  private readonly onAbort = (): void => this.close();

  private receive(event: RealtimeEvent): void {
    switch (event.type) {
      case 'session.updated':
        this.isReady = true;
        return this.onReady?.();
      case 'error':
        return this.receiveError(readObject(event, 'error'));
      case 'input_audio_buffer.committed':
        this.speechItem = readText(event, 'item_id');
        return;
      case 'conversation.item.input_audio_transcription.delta':
        return this.options.listener.onUserText(readText(event, 'delta'), false);
      case 'conversation.item.input_audio_transcription.completed':
        return this.options.listener.onUserText(readText(event, 'transcript'), true);
      case 'conversation.item.input_audio_transcription.failed':
        return this.options.listener.onUserTextFailure();
      case 'response.created':
        return this.nameAnswer(readText(readObject(event, 'response'), 'id'));
      default:
        this.receiveAnswer(event);
    }
  }

  private nameAnswer(id: string): void {
    if (this.stoppedUnnamed > 0) {
      this.stoppedUnnamed -= 1;
      this.stoppedId = id;
    } else if (this.isAnswering) this.responseId = id;
  }

  /** Events of an answer that was stopped still arrive for a moment. */
  private receiveAnswer(event: RealtimeEvent): void {
    if (!event.type.startsWith('response.') || !this.isAnswering) return;
    const response = readText(event, 'response_id') || readText(readObject(event, 'response'), 'id');
    if (response !== '' && response === this.stoppedId) return;
    if (response !== '' && this.responseId !== '' && response !== this.responseId) return;
    this.startTimer('fell_silent', this.timeouts.stallMs);
    switch (event.type) {
      case 'response.output_audio.delta':
      case 'response.audio.delta': {
        this.answerItem ||= readText(event, 'item_id');
        const pcm = this.aligner.append(Buffer.from(readText(event, 'delta'), 'base64'));
        if (pcm.length > 0) this.options.listener.onAnswerAudio(pcm);
        return;
      }
      case 'response.output_audio_transcript.delta':
      case 'response.audio_transcript.delta':
        return this.options.listener.onAnswerText(readText(event, 'delta'));
      case 'response.done':
        return this.endAnswer(toAnswerEnd(readText(readObject(event, 'response'), 'status')));
    }
  }

  private endAnswer(end: AnswerEnd): void {
    if (!this.isAnswering) return;
    this.isAnswering = false;
    clearTimeout(this.timer);
    this.options.listener.onAnswerEnd(end);
  }

  /** Older servers refuse the present form of the configuration, and get theirs. Other errors end at most the answer. */
  private receiveError({ code }: Record<string, unknown>): void {
    if (!this.isReady) {
      if (this.dialect === 'beta') return this.fail(new ModelFailure('request_rejected'));
      this.dialect = 'beta';
      return this.send(buildSessionUpdate(this.dialect, this.options));
    }
    if (code === 'session_expired') return this.fail(new ModelFailure('incomplete_answer'));
    // What was refused concerns an answer that had ended by itself.
    if (typeof code === 'string' && /not_active|truncat|already|item_/.test(code)) return;
    this.endAnswer('failed');
  }

  private send(event: RealtimeEvent): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(event));
  }

  private startTimer(reason: 'no_answer_in_time' | 'fell_silent', ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fail(new ModelFailure(reason)), ms).unref();
  }

  private fail(error: Error): void {
    if (this.failure) return;
    this.failure = error;
    clearTimeout(this.timer);
    this.options.signal.removeEventListener('abort', this.onAbort);
    this.socket.terminate();
    if (!this.isReady) return this.onReady?.();
    this.isAnswering = false;
    this.options.listener.onClose(error);
  }
}

function toAnswerEnd(status: string): AnswerEnd {
  if (status === 'completed' || status === 'incomplete') return 'completed';
  return status === 'cancelled' ? 'cancelled' : 'failed';
}
