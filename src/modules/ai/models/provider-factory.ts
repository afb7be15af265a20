import type { ProviderSettings } from '@/platform/config/index.js';
import { HttpProvider, type ProviderContext } from './http-provider.js';
import type { Provider } from './language-model.js';
import { createAnthropicProtocol } from './protocols/anthropic.protocol.js';
import { createGoogleProtocol } from './protocols/google.protocol.js';
import { createOllamaProtocol, type OllamaOptions } from './protocols/ollama.protocol.js';
import { createOpenAiProtocol } from './protocols/openai.protocol.js';
import type { ProviderProtocol } from './protocols/provider-protocol.js';

/** Creates a provider. Several providers can share one `context`. */
export function createProvider(
  settings: ProviderSettings,
  context: ProviderContext,
  ollama: OllamaOptions,
): Provider {
  return new HttpProvider(settings, createProtocol(settings, ollama), context);
}

function createProtocol(
  { kind, baseUrl, apiKey }: ProviderSettings,
  ollama: OllamaOptions,
): ProviderProtocol {
  switch (kind) {
    case 'openai':
      return withoutModelList(createOpenAiProtocol(baseUrl, apiKey, 'openai'));
    case 'openai-compatible':
      return createOpenAiProtocol(baseUrl, apiKey, 'compatible');
    case 'anthropic':
      return createAnthropicProtocol(baseUrl, apiKey);
    case 'google':
      return createGoogleProtocol(baseUrl, apiKey);
    case 'ollama':
      // Ollama also has OpenAI's protocol, under /v1.
      return /\/v1\/*$/.test(new URL(baseUrl).pathname)
        ? createOpenAiProtocol(baseUrl, apiKey, 'compatible')
        : createOllamaProtocol(baseUrl, apiKey, ollama);
  }
}

/** The list of OpenAI includes image and speech models and does not tell which models can chat. */
function withoutModelList(protocol: ProviderProtocol): ProviderProtocol {
  return { ...protocol, listModelsRequest: undefined, parseModelList: undefined };
}

export { HttpTransport } from './http/http-transport.js';
