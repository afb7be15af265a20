import { Module } from '@nestjs/common';
import { GenerationsModule } from '../generations/generations.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { RoutingModule } from '../routing/routing.module.js';
import { ChatCompletionsService } from './chat-completions.service.js';
import { ModelCatalog } from './model-catalog.js';
import { OpenAiApiController } from './openai-api.controller.js';

/** The way in for clients of OpenAI's API. */
@Module({
  imports: [ProvidersModule, RoutingModule, GenerationsModule],
  controllers: [OpenAiApiController],
  providers: [ModelCatalog, ChatCompletionsService],
})
export class OpenAiApiModule {}
