import { Module, type OnModuleInit } from '@nestjs/common';
import { Config } from '@/platform/config/index.js';
import { Sweeper } from '@/platform/jobs/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { ConversationsModule } from '../conversations/index.js';
import { LiveGenerations } from './generations/active-generation-registry.js';
import { Beginnings } from './generations/beginnings.js';
import { GenerateService } from './generations/chat.service.js';
import { Admission } from './generations/generation-concurrency-limiter.js';
import { Followings } from './generations/generation-event-reader.js';
import { Endings } from './generations/generation-finisher.js';
import { Recovery } from './generations/generation-recovery.js';
import { EndWriter } from './generations/generation-result-writer.js';
import { Runner } from './generations/generation-runner.js';
import { Openings } from './generations/generation-starter.js';
import { GenerationController } from './generations/generations.controller.js';
import { GenerationsService } from './generations/generations.service.js';
import { Repeats } from './generations/idempotent-generations.js';
import { Launches } from './generations/launches.js';
import { AbandonedRepository } from './generations/persistence/abandoned.repository.js';
import { EventLogRepository } from './generations/persistence/event-log.repository.js';
import { GenerationRepository } from './generations/persistence/generation.repository.js';
import { DirectAnswers } from './generations/unsaved-answer.service.js';
import { LocalProvider } from './local/local-provider.js';
import { Circuits } from './providers/circuit-breakers.js';
import { ProviderRegistry } from './providers/provider-registry.js';
import { AiController } from './providers/providers.controller.js';
import { ProvidersService } from './providers/providers.service.js';
import { Planner } from './routing/route-planner.js';
import { Router } from './routing/model-router.js';
import { Budgets } from './usage/token-budgets.js';
import { ReservationRepository } from './usage/persistence/reservation.repository.js';
import { UsageRepository } from './usage/persistence/usage.repository.js';
import { Ledger } from './usage/usage-recorder.js';
import { UsageService } from './usage/usage.service.js';

const REGISTRY = {
  provide: ProviderRegistry,
  inject: [Config, Clock, LocalProvider],
  useFactory: (config: Config, clock: Clock, local: LocalProvider) =>
    ProviderRegistry.open(config, clock, local),
};
const PROVIDERS = [LocalProvider, REGISTRY, Circuits, ProvidersService];
const ROUTING = [Planner, Router];
const USAGE = [UsageRepository, ReservationRepository, Budgets, Ledger, UsageService];
const WRITING = [Recovery, LiveGenerations, Runner, EndWriter, Endings, Launches];
const GENERATIONS = [
  ...[GenerationRepository, EventLogRepository, AbandonedRepository],
  ...WRITING,
  ...[
    Admission,
    Beginnings,
    Openings,
    Repeats,
    DirectAnswers,
    Followings,
    GenerateService,
    GenerationsService,
  ],
];

/** Language models of any provider: who is asked, what it costs, and answers that outlive their connection. */
@Module({
  imports: [ConversationsModule],
  controllers: [AiController, GenerationController],
  providers: [...PROVIDERS, ...ROUTING, ...USAGE, ...GENERATIONS],
})
export class AiModule implements OnModuleInit {
  constructor(private readonly sweeper: Sweeper) {}

  onModuleInit(): void {
    this.sweeper.expire('generations');
  }
}
