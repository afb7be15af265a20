import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import type { LiveChannel } from '../channel/live-channel.js';
import { type LiveSpeech, LiveSpeechRegistry, type LiveSpeechStream } from '../turns/live-speech.js';
import type { LiveConversation } from '../turns/live-turn.js';
import { buildInstructions } from '../turns/turn-prompt.rules.js';
import { CascadeEngine } from './cascade/cascade-engine.js';
import type { SpeechEngine } from './engine/speech-engine.js';
import { SpeechToSpeech } from './providers/speech-to-speech.js';
import { SpeechToText } from './providers/speech-to-text.js';
import { TextToSpeech } from './providers/text-to-speech.js';
import { RealtimeEngine } from './realtime/realtime-engine.js';
import { SpeechStream } from './stream/speech-stream.js';

/** Gives live sessions audio, when a speech provider is configured. */
@Injectable()
export class LiveSpeechService implements LiveSpeech, OnModuleInit {
  constructor(
    private readonly registry: LiveSpeechRegistry,
    private readonly speechToText: SpeechToText,
    private readonly textToSpeech: TextToSpeech,
    private readonly speechToSpeech: SpeechToSpeech,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    if (this.isCascade || this.speechToSpeech.isConfigured) this.registry.register(this);
  }

  private get isCascade(): boolean {
    return this.speechToText.isConfigured && this.textToSpeech.isConfigured;
  }

  open(channel: LiveChannel, conversation: LiveConversation): LiveSpeechStream | null {
    const { clock, log } = this;
    const engine = this.createEngine(channel, conversation);
    return engine && new SpeechStream({ channel, conversation, engine, clock, log });
  }

  /** A model that speaks itself answers faster than three steps, but its sentences cannot be checked before they are heard. */
  private createEngine(channel: LiveChannel, { history }: LiveConversation): SpeechEngine | null {
    const { speechToText, textToSpeech, speechToSpeech, clock, log } = this;
    const canSpeakItself = speechToSpeech.isConfigured && !channel.session.useKnowledge;
    if (!canSpeakItself)
      return this.isCascade ? new CascadeEngine(channel, { speechToText, textToSpeech, log }) : null;
    const instructions = buildInstructions(channel.session);
    return new RealtimeEngine(channel, { speechToSpeech, clock, log }, { instructions, history });
  }
}
