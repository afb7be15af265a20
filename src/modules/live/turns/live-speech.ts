import { Injectable } from '@nestjs/common';
import type { LiveChannel } from '../channel/live-channel.js';
import type { AnswerVoice, LiveConversation, TurnAnswer, TurnRequest } from './live-turn.js';

/** The audio of one socket. */
export interface LiveSpeechStream {
  /** Takes a binary frame of the client. While the promise is pending, the server reads no more from the client. */
  receiveAudio(frame: Buffer): Promise<void> | void;
  /** The client has played this much of the audio of an answer. */
  recordPlayback(turnId: string, milliseconds: number): void;
  /** Returns the voice of an answer; null when it is not spoken. */
  openVoice(turnId: string): AnswerVoice | null;
  /** Answers with the model that also speaks; absent when a language model answers. */
  runTurn?: ((request: TurnRequest) => Promise<TurnAnswer>) | undefined;
  /** Called once, when the socket has closed. */
  close(): void;
}

/** Listens and speaks; the speech folder implements it. */
export interface LiveSpeech {
  /** Returns null when this session has no audio. */
  open(channel: LiveChannel, conversation: LiveConversation): LiveSpeechStream | null;
}

/** Holds the implementation of {@link LiveSpeech}; without one, sessions are text. */
@Injectable()
export class LiveSpeechRegistry {
  private speech: LiveSpeech | undefined;

  /** To be called once, while the application starts. */
  register(speech: LiveSpeech): void {
    this.speech = speech;
  }

  get isConfigured(): boolean {
    return this.speech !== undefined;
  }

  open(channel: LiveChannel, conversation: LiveConversation): LiveSpeechStream | null {
    return this.speech?.open(channel, conversation) ?? null;
  }
}
