import { Module, type OnModuleInit } from '@nestjs/common';
import { ConversationsModule } from '@/modules/conversations/index.js';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { GroundingModule } from '../grounding/grounding.module.js';
import { RoutingModule } from '../routing/routing.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { ChatService } from './chat.service.js';
import { GenerationConcurrencyLimiter } from './generation-concurrency-limiter.js';
import { GenerationCreationService } from './generation-creation.service.js';
import { GenerationEventReader } from './generation-event-reader.js';
import { GenerationExecutionModule } from './generation-execution.module.js';
import { GenerationIdempotencyService } from './generation-idempotency.service.js';
import { GenerationStartService } from './generation-start.service.js';
import { GenerationsController } from './generations.controller.js';
import { GenerationsService } from './generations.service.js';
import { StatelessAnswerService } from './stateless-answer.service.js';
import { StatelessGenerationRunner } from './stateless-generation-runner.js';
import { StreamedAnswerService } from './streamed-answer.service.js';
import { WholeAnswerService } from './whole-answer.service.js';

/** Chat requests and event streams: what clients call. */
@Module({
  imports: [
    ConversationsModule,
    OrganizationsModule,
    RoutingModule,
    UsageModule,
    GroundingModule,
    GenerationExecutionModule,
  ],
  controllers: [GenerationsController],
  providers: [
    ChatService,
    GenerationsService,
    GenerationCreationService,
    GenerationStartService,
    GenerationEventReader,
    GenerationConcurrencyLimiter,
    GenerationIdempotencyService,
    StatelessAnswerService,
    StatelessGenerationRunner,
    StreamedAnswerService,
    WholeAnswerService,
  ],
  exports: [ChatService, StatelessGenerationRunner, StreamedAnswerService, WholeAnswerService],
})
export class GenerationsModule implements OnModuleInit {
  constructor(private readonly sweeper: ExpiredRowSweeper) {}

  onModuleInit(): void {
    this.sweeper.registerTable('generations');
  }
}
