import { Module } from '@nestjs/common';
import { AiModule } from '@/modules/ai/index.js';
import { LiveSpeechRegistry } from './live-speech.js';
import { ReplayedSources } from './replayed-sources.js';
import { TurnRunner } from './turn-runner.js';

/** The answers of the model, and the port of speech. */
@Module({
  imports: [AiModule],
  providers: [TurnRunner, ReplayedSources, LiveSpeechRegistry],
  exports: [TurnRunner, ReplayedSources, LiveSpeechRegistry],
})
export class LiveTurnsModule {}
