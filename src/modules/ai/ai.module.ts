import { Module, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import { Sweeper } from '../../platform/jobs/index.js';
import { Clock } from '../../platform/kernel/clock.js';
import { ConversationsModule } from '../conversations/index.js';
import { AiController } from './ai.controller.js';
import { GenerationController } from './generation.controller.js';
import { Admission } from './generations/admission.js';
import { Beginnings } from './generations/beginnings.js';
import { DirectAnswers } from './generations/direct-answers.js';
import { EndWriter } from './generations/end-writer.js';
import { Endings } from './generations/endings.js';
import { Followings } from './generations/followings.js';
import { GenerateService } from './generations/generate.service.js';
import { GenerationsService } from './generations/generations.service.js';
import { Launches } from './generations/launches.js';
import { LiveGenerations } from './generations/live-generations.js';
import { Openings } from './generations/openings.js';
import { AbandonedRepository } from './generations/persistence/abandoned.repository.js';
import { EventLogRepository } from './generations/persistence/event-log.repository.js';
import { GenerationRepository } from './generations/persistence/generation.repository.js';
import { Recovery } from './generations/recovery.js';
import { Repeats } from './generations/repeats.js';
import { Runner } from './generations/runner.js';
import { LocalProvider } from './local/local-provider.js';
import { Circuits } from './providers/circuits.js';
import { ProviderRegistry } from './providers/provider-registry.js';
import { ProvidersService } from './providers/providers.service.js';
import { Planner } from './routing/plan.js';
import { Router } from './routing/router.js';
import { Budgets } from './usage/budgets.js';
import { Ledger } from './usage/ledger.js';
import { ReservationRepository } from './usage/persistence/reservation.repository.js';
import { UsageRepository } from './usage/persistence/usage.repository.js';
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
