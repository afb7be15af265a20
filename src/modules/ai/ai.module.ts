import { Module, type OnModuleInit } from '@nestjs/common';
import { Config } from '@/platform/config/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { ConversationsModule } from '../conversations/index.js';
import { ActiveGenerationRegistry } from './generations/active-generation-registry.js';
import { GenerationRowBuilder } from './generations/beginnings.js';
import { ChatService } from './generations/chat.service.js';
import { GenerationConcurrencyLimiter } from './generations/generation-concurrency-limiter.js';
import { GenerationEventReader } from './generations/generation-event-reader.js';
import { GenerationFinisher } from './generations/generation-finisher.js';
import { GenerationRecovery } from './generations/generation-recovery.js';
import { GenerationResultWriter } from './generations/generation-result-writer.js';
import { GenerationRunner } from './generations/generation-runner.js';
import { GenerationStarter } from './generations/generation-starter.js';
import { GenerationsController } from './generations/generations.controller.js';
import { GenerationsService } from './generations/generations.service.js';
import { IdempotentGenerations } from './generations/idempotent-generations.js';
import { GenerationLauncher } from './generations/launches.js';
import { OrphanedGenerationRepository } from './generations/persistence/abandoned.repository.js';
import { EventLogRepository } from './generations/persistence/event-log.repository.js';
import { GenerationRepository } from './generations/persistence/generation.repository.js';
import { UnsavedAnswerService } from './generations/unsaved-answer.service.js';
import { LocalProvider } from './local/local-provider.js';
import { CircuitBreakers } from './providers/circuit-breakers.js';
import { ProviderRegistry } from './providers/provider-registry.js';
import { ProvidersController } from './providers/providers.controller.js';
import { ProvidersService } from './providers/providers.service.js';
import { ModelRouter } from './routing/model-router.js';
import { RoutePlanner } from './routing/route-planner.js';
import { ReservationRepository } from './usage/persistence/reservation.repository.js';
import { UsageRepository } from './usage/persistence/usage.repository.js';
import { TokenBudgets } from './usage/token-budgets.js';
import { UsageRecorder } from './usage/usage-recorder.js';
import { UsageService } from './usage/usage.service.js';

const PROVIDER_REGISTRY = {
  provide: ProviderRegistry,
  inject: [Config, Clock, LocalProvider],
  useFactory: (config: Config, clock: Clock, local: LocalProvider) =>
    ProviderRegistry.create(config, clock, local),
};
const PROVIDERS = [LocalProvider, PROVIDER_REGISTRY, CircuitBreakers, ProvidersService];
const ROUTING = [RoutePlanner, ModelRouter];
const USAGE = [UsageRepository, ReservationRepository, TokenBudgets, UsageRecorder, UsageService];
const GENERATION_EXECUTION = [
  GenerationRecovery,
  ActiveGenerationRegistry,
  GenerationRunner,
  GenerationResultWriter,
  GenerationFinisher,
  GenerationLauncher,
];
const GENERATIONS = [
  ...[GenerationRepository, EventLogRepository, OrphanedGenerationRepository],
  ...GENERATION_EXECUTION,
  ...[
    GenerationConcurrencyLimiter,
    GenerationRowBuilder,
    GenerationStarter,
    IdempotentGenerations,
    UnsavedAnswerService,
    GenerationEventReader,
    ChatService,
    GenerationsService,
  ],
];

/** Language models of any provider: who is asked, what it costs, and answers that outlive their connection. */
@Module({
  imports: [ConversationsModule],
  controllers: [ProvidersController, GenerationsController],
  providers: [...PROVIDERS, ...ROUTING, ...USAGE, ...GENERATIONS],
})
export class AiModule implements OnModuleInit {
  constructor(private readonly sweeper: ExpiredRowSweeper) {}

  onModuleInit(): void {
    this.sweeper.registerTable('generations');
  }
}
