import type { ProviderSettings } from '@/platform/config/index.js';
import type { Clock } from '@/platform/kernel/clock.js';
import type { CallLimits } from './http/http-exchange.js';
import { HttpTransport } from './http/http-transport.js';
import { HttpProvider } from './http-provider.js';
import type { Provider } from './language-model.js';
import { anthropicDialect } from './protocols/anthropic.protocol.js';
import { googleDialect } from './protocols/google.protocol.js';
import { ollamaDialect } from './protocols/ollama.protocol.js';
import { openAiDialect } from './protocols/openai.protocol.js';
import type { Dialect } from './protocols/provider-protocol.js';

/** Providers may share a `transport`. Its idle connections keep no process alive. */
export function createProvider(
  settings: ProviderSettings,
  limits: CallLimits,
  clock: Clock,
  transport = new HttpTransport(clock),
): Provider {
  return new HttpProvider(settings, dialectOf(settings), transport, limits, clock);
}

function dialectOf({ kind, baseUrl, apiKey }: ProviderSettings): Dialect {
  switch (kind) {
    case 'openai':
      return withoutOffer(openAiDialect(baseUrl, apiKey, 'openai'));
    case 'openai-compatible':
      return openAiDialect(baseUrl, apiKey, 'compatible');
    case 'anthropic':
      return anthropicDialect(baseUrl, apiKey);
    case 'google':
      return googleDialect(baseUrl, apiKey);
    case 'ollama':
      // Ollama speaks OpenAI's protocol too, under /v1.
      return /\/v1\/*$/.test(baseUrl)
        ? openAiDialect(baseUrl, apiKey, 'compatible')
        : ollamaDialect(baseUrl, apiKey);
  }
}

/** OpenAI lists everything it has, pictures and speech included: which of it can chat, it does not say. */
function withoutOffer(dialect: Dialect): Dialect {
  return { ...dialect, offer: undefined, offered: undefined };
}
