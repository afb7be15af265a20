import { parseApiKey, parseProviderUrl } from './provider-address.js';

/** An endpoint that serves one model. `baseUrl` and `apiKey` are secrets: errors and logs must not contain them. */
export interface ModelEndpointSettings<Model extends string | undefined = string> {
  baseUrl: string;
  apiKey: string | undefined;
  model: Model;
}

/** The models of the search in documents; undefined when they are not configured. */
export interface RetrievalModelSettings {
  embeddings: ModelEndpointSettings | undefined;
  /** Some servers have one model, and need no name. */
  rerank: ModelEndpointSettings<string | undefined> | undefined;
}

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

export const RETRIEVAL_MODEL_VARIABLES: readonly string[] = ['EMBEDDINGS', 'RERANK'].flatMap((prefix) =>
  ['BASE_URL', 'API_KEY', 'MODEL'].map((name) => `${prefix}_${name}`),
);

/** Returns the configured models, and one line for each configuration error. */
export function parseRetrievalModels(source: EnvironmentVariables): {
  retrievalModels: RetrievalModelSettings;
  errors: string[];
} {
  const errors: string[] = [];
  const embeddings = parseModelEndpoint('EMBEDDINGS', source, errors);
  const rerank = parseModelEndpoint('RERANK', source, errors);
  const model = embeddings?.model;
  if (embeddings && model === undefined)
    errors.push('EMBEDDINGS_MODEL: is required with EMBEDDINGS_BASE_URL');
  const named = embeddings && model !== undefined ? { ...embeddings, model } : undefined;
  return { retrievalModels: { embeddings: named, rerank }, errors };
}

function parseModelEndpoint(
  prefix: string,
  source: EnvironmentVariables,
  errors: string[],
): ModelEndpointSettings<string | undefined> | undefined {
  const apiKey = parseApiKey(`${prefix}_API_KEY`, source, errors);
  const model = source[`${prefix}_MODEL`]?.trim() || undefined;
  const baseUrl = parseProviderUrl(`${prefix}_BASE_URL`, 'openai-compatible', { source, apiKey, errors });
  if (baseUrl !== undefined) return { baseUrl, apiKey, model };
  if ((apiKey ?? model) !== undefined && !source[`${prefix}_BASE_URL`]?.trim())
    errors.push(`${prefix}_BASE_URL: is required with ${prefix}_API_KEY and ${prefix}_MODEL`);
  return undefined;
}
