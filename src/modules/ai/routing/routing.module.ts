import { Module } from '@nestjs/common';
import { ProvidersModule } from '../providers/providers.module.js';
import { AttemptRecorder } from './attempt-recorder.js';
import { CandidatePolicy } from './candidate-policy.js';
import { ModelCallMetrics } from './model-call-metrics.js';
import { ModelRouter } from './model-router.js';
import { RoutePlanner } from './route-planner.js';

/** Chooses the providers of a request, and fails over from one to the next. */
@Module({
  imports: [ProvidersModule],
  providers: [RoutePlanner, CandidatePolicy, AttemptRecorder, ModelRouter, ModelCallMetrics],
  exports: [RoutePlanner, ModelRouter],
})
export class RoutingModule {}
