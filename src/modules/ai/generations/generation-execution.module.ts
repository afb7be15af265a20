import { Module } from '@nestjs/common';
import { ConversationsModule } from '@/modules/conversations/index.js';
import { RoutingModule } from '../routing/routing.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { ActiveGenerationRegistry } from './active-generation-registry.js';
import { GenerationFinisher } from './generation-finisher.js';
import { GenerationRecovery } from './generation-recovery.js';
import { GenerationResultWriter } from './generation-result-writer.js';
import { GenerationRunner } from './generation-runner.js';
import { EventLogRepository } from './persistence/event-log.repository.js';
import { GenerationRepository } from './persistence/generation.repository.js';

/** Runs, finishes and recovers generations. Internal to this folder, so it may export its repositories. */
@Module({
  imports: [ConversationsModule, RoutingModule, UsageModule],
  providers: [
    GenerationRepository,
    EventLogRepository,
    ActiveGenerationRegistry,
    GenerationRunner,
    GenerationFinisher,
    GenerationResultWriter,
    GenerationRecovery,
  ],
  exports: [GenerationRepository, EventLogRepository, ActiveGenerationRegistry, GenerationRunner],
})
export class GenerationExecutionModule {}
