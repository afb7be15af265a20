import { Module } from '@nestjs/common';
import { ConversationsModule } from '@/modules/conversations/index.js';
import { RoutingModule } from '../routing/routing.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { ActiveGenerationRegistry } from './active-generation-registry.js';
import { GenerationEventWriter } from './generation-event-writer.js';
import { GenerationFinisher } from './generation-finisher.js';
import { GenerationRecoveryService } from './generation-recovery.service.js';
import { GenerationResultWriter } from './generation-result-writer.js';
import { GenerationRunner } from './generation-runner.js';
import { GenerationEventRepository } from './persistence/generation-event.repository.js';
import { GenerationRepository } from './persistence/generation.repository.js';

/** Runs, finishes and recovers generations. Internal to this folder, so it may export its repositories. */
@Module({
  imports: [ConversationsModule, RoutingModule, UsageModule],
  providers: [
    GenerationRepository,
    GenerationEventRepository,
    ActiveGenerationRegistry,
    GenerationRunner,
    GenerationEventWriter,
    GenerationFinisher,
    GenerationResultWriter,
    GenerationRecoveryService,
  ],
  exports: [GenerationRepository, GenerationEventRepository, ActiveGenerationRegistry, GenerationRunner],
})
export class GenerationExecutionModule {}
