import { Injectable } from '@nestjs/common';
import { Histogram } from 'prom-client';
import { Metrics } from '@/platform/health/index.js';
import type { AnswerMetadata } from '../models/language-model.js';
import { ModelFailure } from '../models/model-failure.js';

/** Clients can name any model, so the number of labels is bounded. */
const MAX_MODELS = 200;
const SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80];
const TOKENS = [1, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144];
const LABELS = ['gen_ai_operation_name', 'gen_ai_provider_name', 'gen_ai_request_model'];

/** Measures calls of language models. Names follow the conventions of OpenTelemetry for generative AI. */
@Injectable()
export class ModelCallMetrics {
  private readonly models = new Set<string>();
  private readonly duration: Histogram;
  private readonly firstText: Histogram;
  private readonly tokens: Histogram;

  constructor({ registry }: Metrics) {
    const create = (name: string, help: string, buckets: number[], label?: string): Histogram =>
      new Histogram({
        name,
        help,
        buckets,
        labelNames: label ? [...LABELS, label] : LABELS,
        registers: [registry],
      });
    this.duration = create(
      'gen_ai_client_operation_duration_seconds',
      'Duration of calls of language models; error_type is the reason of a failure.',
      SECONDS,
      'error_type',
    );
    this.firstText = create(
      'gen_ai_client_operation_time_to_first_chunk_seconds',
      'Time until the first text of a stream.',
      SECONDS,
    );
    this.tokens = create(
      'gen_ai_client_token_usage',
      'Tokens of calls that succeeded.',
      TOKENS,
      'gen_ai_token_type',
    );
  }

  /** Starts the measurement of one call. */
  start(provider: string, model: string): ModelCall {
    const labels = {
      gen_ai_operation_name: 'chat',
      gen_ai_provider_name: provider,
      gen_ai_request_model: this.toModelLabel(model),
    };
    const startedAt = performance.now();
    const elapsed = (): number => (performance.now() - startedAt) / 1000;
    return {
      recordFirstText: () => this.firstText.observe(labels, elapsed()),
      recordSuccess: ({ usage }) => {
        this.duration.observe({ ...labels, error_type: '' }, elapsed());
        if (!usage) return;
        this.tokens.observe({ ...labels, gen_ai_token_type: 'input' }, usage.inputTokens);
        this.tokens.observe({ ...labels, gen_ai_token_type: 'output' }, usage.outputTokens);
      },
      recordFailure: (error, signal) =>
        this.duration.observe({ ...labels, error_type: toErrorType(error, signal) }, elapsed()),
    };
  }

  private toModelLabel(model: string): string {
    if (this.models.size < MAX_MODELS) this.models.add(model);
    return this.models.has(model) ? model : 'other';
  }
}

/** The measurement of one call, which ends with success or failure. */
export interface ModelCall {
  recordFirstText: () => void;
  recordSuccess: (answer: AnswerMetadata) => void;
  recordFailure: (error: unknown, signal: AbortSignal) => void;
}

/** Returns the reason of a failure, `aborted` by the client, or `_OTHER`, which OpenTelemetry defines for the rest. */
function toErrorType(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'aborted';
  return error instanceof ModelFailure ? error.reason : '_OTHER';
}
