import { parseApiKey, parseProviderUrl, type ProviderKind } from './provider-address.js';

/** A configured provider of language models. `apiKey` is a secret: errors and logs must not contain it. */
export interface ProviderSettings {
  id: string;
  name: string;
  kind: ProviderKind;
  /** May have a user name, a password and a query, so it is a secret like the key. */
  baseUrl: string;
  apiKey?: string | undefined;
  /** The first is the default. Empty: the server asks the provider for its models. */
  models: readonly string[];
}

interface BuiltInProvider {
  id: string;
  name: string;
  kind: ProviderSettings['kind'];
  /** The variable that enables the provider. */
  requiredVariable: string;
  baseUrl: string;
  models: readonly string[];
}

/** Built-in providers, in the order in which `auto` tries them. */
export const BUILT_IN_PROVIDERS: readonly BuiltInProvider[] = [
  {
    id: 'openai',
    name: 'OpenAI',
    kind: 'openai',
    requiredVariable: 'OPENAI_API_KEY',
    baseUrl: 'https://api.openai.com/v1',
    models: ['gpt-5-mini', 'gpt-5', 'gpt-5-nano'],
  },
  {
    id: 'anthropic',
    name: 'Anthropic',
    kind: 'anthropic',
    requiredVariable: 'ANTHROPIC_API_KEY',
    baseUrl: 'https://api.anthropic.com',
    models: ['claude-sonnet-4-5', 'claude-haiku-4-5', 'claude-opus-4-5'],
  },
  {
    id: 'google',
    name: 'Google',
    kind: 'google',
    requiredVariable: 'GOOGLE_GENERATIVE_AI_API_KEY',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    models: ['gemini-2.5-flash', 'gemini-2.5-pro'],
  },
  {
    id: 'ollama',
    name: 'Ollama',
    kind: 'ollama',
    requiredVariable: 'OLLAMA_BASE_URL',
    baseUrl: '',
    models: [],
  },
];

/** All environment variables of the built-in providers. */
export const PROVIDER_VARIABLES: readonly string[] = BUILT_IN_PROVIDERS.flatMap(({ requiredVariable }) => {
  const prefix = requiredVariable.replace(/_API_KEY$/, '');
  return prefix === requiredVariable
    ? [requiredVariable, 'OLLAMA_API_KEY', 'OLLAMA_MODELS']
    : [requiredVariable, `${prefix}_BASE_URL`, `${prefix}_MODELS`];
});

/** Id of the built-in provider that needs no configuration. */
export const LOCAL_PROVIDER = 'local';
/** Lets the server choose among all providers. */
export const AUTO_PROVIDER = 'auto';

const COMPATIBLE_VARIABLE = /^OPENAI_COMPATIBLE_([A-Z][A-Z0-9_]*?)_(BASE_URL|API_KEY|MODELS)$/;

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Returns the configured providers, and one line for each configuration error. */
export function parseProviders(source: EnvironmentVariables): {
  providers: ProviderSettings[];
  errors: string[];
} {
  const errors: string[] = [];
  const providers = BUILT_IN_PROVIDERS.flatMap((known) => parseBuiltInProvider(known, source, errors));
  for (const name of findCompatibleNames(source)) {
    const found = parseCompatibleProvider(name, source, errors);
    if (found) providers.push(found);
  }
  return { providers, errors };
}

/** Returns the errors of `AI_PROVIDER_ORDER`: an empty list or an unknown provider. */
export function validateProviderOrder(
  order: readonly string[] | undefined,
  providers: ProviderSettings[],
): string[] {
  const known = [LOCAL_PROVIDER, ...BUILT_IN_PROVIDERS.map(({ id }) => id), ...providers.map(({ id }) => id)];
  if (order?.length === 0) return ['AI_PROVIDER_ORDER: names no provider'];
  const unknown = (order ?? []).filter((id) => !known.includes(id));
  return unknown.length === 0 ? [] : [`AI_PROVIDER_ORDER: names unknown providers: ${unknown.join(', ')}`];
}

function parseBuiltInProvider(
  known: BuiltInProvider,
  source: EnvironmentVariables,
  errors: string[],
): ProviderSettings[] {
  const { id, name, kind, requiredVariable } = known;
  if (!source[requiredVariable]?.trim()) return [];
  const prefix = requiredVariable.replace(/_(API_KEY|BASE_URL)$/, '');
  const apiKey = parseApiKey(`${prefix}_API_KEY`, source, errors);
  const baseUrl = parseProviderUrl(`${prefix}_BASE_URL`, kind, { source, apiKey, errors }) ?? known.baseUrl;
  const models = parseList(ignoreModelFolder(`${prefix}_MODELS`, source));
  return [{ id, name, kind, baseUrl, apiKey, models: models.length > 0 ? models : known.models }];
}

/** `OLLAMA_MODELS` is also a variable of Ollama itself: the folder of its models, always an absolute path. */
function ignoreModelFolder(variable: string, source: EnvironmentVariables): string | undefined {
  const value = source[variable];
  return /^\s*([/~]|[A-Za-z]:[\\/])/.test(value ?? '') ? undefined : value;
}

function parseCompatibleProvider(
  name: string,
  source: EnvironmentVariables,
  errors: string[],
): ProviderSettings | undefined {
  const prefix = `OPENAI_COMPATIBLE_${name}`;
  const id = name.toLowerCase();
  if ([LOCAL_PROVIDER, AUTO_PROVIDER, ...BUILT_IN_PROVIDERS.map((known) => known.id)].includes(id)) {
    errors.push(`${prefix}_BASE_URL: '${id}' is the name of another provider`);
    return undefined;
  }
  const kind = 'openai-compatible';
  const apiKey = parseApiKey(`${prefix}_API_KEY`, source, errors);
  const baseUrl = parseProviderUrl(`${prefix}_BASE_URL`, kind, { source, apiKey, errors });
  if (baseUrl === undefined) {
    if (!source[`${prefix}_BASE_URL`]) errors.push(`${prefix}_BASE_URL: is required`);
    return undefined;
  }
  const models = parseList(source[`${prefix}_MODELS`]);
  return { id, name: id, kind, baseUrl, apiKey, models };
}

function findCompatibleNames(source: EnvironmentVariables): string[] {
  const names = Object.keys(source).flatMap((key) => COMPATIBLE_VARIABLE.exec(key)?.[1] ?? []);
  return [...new Set(names)].sort();
}

function parseList(value: string | undefined): string[] {
  const items = (value ?? '').split(',').map((item) => item.trim());
  return [...new Set(items.filter(Boolean))];
}
