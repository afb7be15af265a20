import * as z from 'zod';

/** A configured provider of language models. `apiKey` is a secret: errors and logs must not contain it. */
export interface ProviderSettings {
  id: string;
  name: string;
  kind: 'openai' | 'anthropic' | 'google' | 'ollama' | 'openai-compatible';
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
    ? [requiredVariable]
    : [requiredVariable, `${prefix}_BASE_URL`, `${prefix}_MODELS`];
});

/** Id of the built-in provider that needs no configuration. */
export const LOCAL_PROVIDER = 'local';
/** Lets the server choose among all providers. */
export const AUTO_PROVIDER = 'auto';

const COMPATIBLE_VARIABLE = /^OPENAI_COMPATIBLE_([A-Z][A-Z0-9_]*?)_(BASE_URL|API_KEY|MODELS)$/;

const httpUrl = z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
  message: 'must be a URL starting with http:// or https://',
});

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
  if (!source[requiredVariable]) return [];
  const prefix = requiredVariable.replace(/_(API_KEY|BASE_URL)$/, '');
  const baseUrl = parseBaseUrl(`${prefix}_BASE_URL`, source, errors) ?? known.baseUrl;
  const usesApiKey = requiredVariable.endsWith('_API_KEY');
  const apiKey = usesApiKey ? source[requiredVariable] : undefined;
  const models = usesApiKey ? parseList(source[`${prefix}_MODELS`]) : []; // OLLAMA_MODELS is a variable of Ollama itself: its model folder
  return [{ id, name, kind, baseUrl, apiKey, models: models.length > 0 ? models : known.models }];
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
  const baseUrl = parseBaseUrl(`${prefix}_BASE_URL`, source, errors);
  if (baseUrl === undefined) {
    if (!source[`${prefix}_BASE_URL`]) errors.push(`${prefix}_BASE_URL: is required`);
    return undefined;
  }
  const apiKey = source[`${prefix}_API_KEY`];
  const models = parseList(source[`${prefix}_MODELS`]);
  return { id, name: id, kind: 'openai-compatible', baseUrl, apiKey, models };
}

function findCompatibleNames(source: EnvironmentVariables): string[] {
  const names = Object.keys(source).flatMap((key) => COMPATIBLE_VARIABLE.exec(key)?.[1] ?? []);
  return [...new Set(names)].sort();
}

function parseBaseUrl(variable: string, source: EnvironmentVariables, errors: string[]): string | undefined {
  const value = source[variable];
  if (!value) return undefined;
  const { error } = httpUrl.safeParse(value);
  if (!error) return value.replace(/\/+$/, '');
  errors.push(`${variable}: ${error.issues[0]?.message}`);
  return undefined;
}

function parseList(value: string | undefined): string[] {
  const items = (value ?? '').split(',').map((item) => item.trim());
  return [...new Set(items.filter(Boolean))];
}
