import type { CallLimits } from '@/modules/ai/models/http/http-exchange.js';
import { HttpTransport } from '@/modules/ai/models/http/http-transport.js';
import type { ModelEnd, ModelRequest, Provider } from '@/modules/ai/models/language-model.js';
import { ModelFailure } from '@/modules/ai/models/model-failure.js';
import { createProvider } from '@/modules/ai/models/provider-factory.js';
import type { ProviderSettings } from '@/platform/config/index.js';
import { ScriptedUpstream, type UpstreamKind } from '@scripts/fake-provider.js';
import { TestClock } from '../app/test-clock.js';
import { eventually } from '../app/server-process.js';

export const KEY = 'sk-very-secret-0123456789';

/** Long enough for a busy machine; what tests time limits says its own. */
const PATIENT: CallLimits = { answerMs: 10_000, stallMs: 10_000 };

const ASKER = { userId: 'u', organizationId: null, keyId: null, provedFactor: false, conversationId: null };

export function asking(request: Partial<ModelRequest> = {}): ModelRequest {
  return { model: 'model-a', messages: [{ role: 'user', content: 'Hello?' }], asker: ASKER, ...request };
}

/** A provider and the upstream it talks to. */
export class Adapter {
  readonly clock = new TestClock();
  readonly transport = new HttpTransport(this.clock);

  private constructor(
    readonly upstream: ScriptedUpstream,
    private readonly kind: ProviderSettings['kind'],
  ) {}

  static async start(kind: ProviderSettings['kind']): Promise<Adapter> {
    const speaks: UpstreamKind = kind === 'openai-compatible' ? 'openai' : kind;
    return new Adapter(await ScriptedUpstream.start({ kind: speaks }), kind);
  }

  provider(limits: Partial<CallLimits> = {}, settings: Partial<ProviderSettings> = {}): Provider {
    const { kind } = this;
    const given = {
      id: 'it',
      name: 'It',
      kind,
      baseUrl: this.upstream.url,
      apiKey: KEY,
      models: ['model-a'],
    };
    return createProvider({ ...given, ...settings }, { ...PATIENT, ...limits }, this.clock, this.transport);
  }

  /** Waits until the upstream has no request under way. */
  async quiet(): Promise<void> {
    await eventually(() => this.upstream.running === 0, 5000);
  }

  /** No request is left under way, and no connection outlives the transport. */
  async stop(): Promise<void> {
    await this.quiet();
    await this.transport.close();
    await eventually(() => this.upstream.open === 0, 5000);
    await this.upstream.stop();
  }
}

export interface Outcome {
  text: string;
  /** The pieces in which a stream came. */
  parts: string[];
  end: ModelEnd | undefined;
  error: unknown;
}

/** A whole answer, told like a streamed one. */
export async function answered(provider: Provider, request = asking(), signal = never()): Promise<Outcome> {
  try {
    const { content, ...rest } = await provider.answer(request, signal);
    return { text: content, parts: [], end: rest, error: undefined };
  } catch (error) {
    return { text: '', parts: [], end: undefined, error };
  }
}

export async function streamed(provider: Provider, request = asking(), signal = never()): Promise<Outcome> {
  const outcome: Outcome = { text: '', parts: [], end: undefined, error: undefined };
  try {
    outcome.end = await provider.stream(request, signal, (text) => {
      outcome.parts.push(text);
      outcome.text += text;
    });
  } catch (error) {
    outcome.error = error;
  }
  return outcome;
}

/** The reason of a failure, or the reason the answer ended: one word for a table. */
export function verdictOf({ error, end }: Outcome): string {
  if (error instanceof ModelFailure) return error.reason;
  return error === undefined ? (end?.finishReason ?? 'no end') : `threw ${String(error)}`;
}

function never(): AbortSignal {
  return new AbortController().signal;
}
