import { CapabilityMemory } from '@/modules/ai/models/capabilities/capability-memory.js';
import type { CallTimeouts } from '@/modules/ai/models/http/http-exchange.js';
import { HttpTransport } from '@/modules/ai/models/http/http-transport.js';
import type { AnswerMetadata, ModelRequest, Provider } from '@/modules/ai/models/language-model.js';
import { ModelFailure } from '@/modules/ai/models/model-failure.js';
import type { ToolCallDelta } from '@/modules/ai/models/model-options.js';
import { createProvider } from '@/modules/ai/models/provider-factory.js';
import type { ProviderSettings } from '@/platform/config/index.js';
import { FakeProvider, type FakeProviderKind } from '@scripts/fake-provider.js';
import { waitUntil } from '../app/server-process.js';
import { TestClock } from '../app/test-clock.js';

export const PROVIDER_KEY = 'sk-very-secret-0123456789';

/** Long enough for a busy machine; tests of timeouts set shorter ones. */
const LONG_LIMITS: CallTimeouts = { answerMs: 30_000, stallMs: 30_000 };

const REQUESTER = {
  userId: 'u',
  organizationId: null,
  keyId: null,
  hasSecondFactor: false,
  conversationId: null,
};

/** A request that may be repeated three times, as by the router. */
export function buildModelRequest(request: Partial<ModelRequest> = {}): ModelRequest {
  let repeats = 0;
  return {
    takeRepeat: () => ++repeats <= 3,
    model: 'model-a',
    messages: [{ role: 'user', content: 'Hello?' }],
    requester: REQUESTER,
    ...request,
  };
}

/** A provider of the server, connected to a fake provider. */
export class ProviderFixture {
  readonly clock = new TestClock();
  readonly transport = new HttpTransport(this.clock);
  readonly capabilityMemory = new CapabilityMemory(this.clock);

  private constructor(
    readonly fakeProvider: FakeProvider,
    private readonly kind: ProviderSettings['kind'],
  ) {}

  static async start(kind: ProviderSettings['kind']): Promise<ProviderFixture> {
    const protocol: FakeProviderKind = kind === 'openai-compatible' ? 'openai' : kind;
    return new ProviderFixture(await FakeProvider.start({ kind: protocol }), kind);
  }

  provider(limits: Partial<CallTimeouts> = {}, settings: Partial<ProviderSettings> = {}): Provider {
    const { kind } = this;
    const defaults = {
      id: 'provider',
      name: 'Provider',
      kind,
      baseUrl: this.fakeProvider.url,
      apiKey: PROVIDER_KEY,
      models: ['model-a'],
    };
    const { clock, transport, capabilityMemory } = this;
    const timeouts = { ...LONG_LIMITS, ...limits };
    const context = { clock, transport, capabilityMemory, timeouts };
    return createProvider({ ...defaults, ...settings }, context, { maxContext: 32_768 });
  }

  /** Waits until the fake provider serves no request. */
  async waitForIdle(): Promise<void> {
    await waitUntil(() => this.fakeProvider.runningRequests === 0, 5000);
  }

  /** Stops both; expects that no request is left and that the transport closes all connections. */
  async stop(): Promise<void> {
    await this.waitForIdle();
    await this.transport.close();
    await waitUntil(() => this.fakeProvider.openConnections === 0, 5000);
    await this.fakeProvider.stop();
  }
}

export interface ProviderResult {
  text: string;
  /** The text chunks of a stream. */
  chunks: string[];
  /** The parts of tool calls of a stream. */
  toolCallDeltas: ToolCallDelta[];
  end: AnswerMetadata | undefined;
  error: unknown;
}

/** Requests a JSON answer; returns it in the form of a streamed one. */
export async function generateResult(
  provider: Provider,
  request = buildModelRequest(),
  signal = neverAborted(),
): Promise<ProviderResult> {
  try {
    const { content, ...rest } = await provider.generate(request, signal);
    return { text: content, chunks: [], toolCallDeltas: [], end: rest, error: undefined };
  } catch (error) {
    return { text: '', chunks: [], toolCallDeltas: [], end: undefined, error };
  }
}

export async function streamResult(
  provider: Provider,
  request = buildModelRequest(),
  signal = neverAborted(),
): Promise<ProviderResult> {
  const result: ProviderResult = {
    text: '',
    chunks: [],
    toolCallDeltas: [],
    end: undefined,
    error: undefined,
  };
  try {
    result.end = await provider.stream(request, signal, {
      onText: (text) => {
        result.chunks.push(text);
        result.text += text;
      },
      onToolCall: (delta) => result.toolCallDeltas.push(delta),
    });
  } catch (error) {
    result.error = error;
  }
  return result;
}

/** Returns the failure reason or the finish reason, for a table of expectations. */
export function resultReason({ error, end }: ProviderResult): string {
  if (error instanceof ModelFailure) return error.reason;
  return error === undefined ? (end?.finishReason ?? 'no end') : `threw ${String(error)}`;
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}
