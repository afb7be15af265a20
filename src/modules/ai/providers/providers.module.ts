import { Module } from '@nestjs/common';
import { ConversationsModule } from '@/modules/conversations/index.js';
import { Config } from '@/platform/config/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { GroundingModule } from '../grounding/grounding.module.js';
import { LocalProvider } from '../local/local-provider.js';
import { CapabilityMemory } from '../models/capabilities/capability-memory.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { ProviderRegistry } from './provider-registry.js';
import { ProvidersController } from './providers.controller.js';
import { ProvidersService } from './providers.service.js';

const PROVIDER_REGISTRY = {
  provide: ProviderRegistry,
  inject: [Config, Clock, LocalProvider, CapabilityMemory],
  useFactory: (config: Config, clock: Clock, local: LocalProvider, memory: CapabilityMemory) =>
    ProviderRegistry.create(config, clock, local, memory),
};

/** The configured providers and their health. */
@Module({
  imports: [ConversationsModule, GroundingModule],
  controllers: [ProvidersController],
  providers: [LocalProvider, PROVIDER_REGISTRY, CapabilityMemory, CircuitBreakers, ProvidersService],
  exports: [ProviderRegistry, CircuitBreakers],
})
export class ProvidersModule {}
