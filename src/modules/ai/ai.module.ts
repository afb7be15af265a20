import { Module } from '@nestjs/common';
import { GenerationsModule } from './generations/generations.module.js';
import { GroundingModule } from './grounding/grounding.module.js';
import { OpenAiApiModule } from './openai-api/openai-api.module.js';
import { ProvidersModule } from './providers/providers.module.js';
import { UsageModule } from './usage/usage.module.js';

/** Language models: providers, generations that survive lost connections, and token usage. */
@Module({
  imports: [ProvidersModule, UsageModule, GroundingModule, GenerationsModule, OpenAiApiModule],
  exports: [GroundingModule, GenerationsModule],
})
export class AiModule {}
