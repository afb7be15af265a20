export type ProviderKind = 'openai' | 'anthropic' | 'google' | 'ollama' | 'openai-compatible';

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Paths of single operations: documentation often shows them in place of the base URL. */
const OPERATION_PATHS: Readonly<Record<ProviderKind, RegExp>> = {
  openai: /\/(chat\/completions|completions|models|responses)\/*$/,
  'openai-compatible':
    /\/(chat\/completions|completions|models|responses|embeddings|rerank|audio\/(transcriptions|speech)|audio)\/*$/,
  anthropic: /\/(messages|models)\/*$/,
  google: /\/models(\/[^/]*)?\/*$/,
  ollama: /\/(api\/(chat|generate|tags)|api|chat\/completions)\/*$/,
};

/** Kinds whose key is sent as `Authorization`, where a user name and a password are sent, too. */
const BEARER_KINDS: ReadonlySet<ProviderKind> = new Set<ProviderKind>([
  'openai',
  'openai-compatible',
  'ollama',
]);

interface AddressContext {
  source: EnvironmentVariables;
  apiKey: string | undefined;
  errors: string[];
}

/**
 * Returns the base URL of a provider; undefined when the variable is not set or has an error, which is added to
 * `errors`. The path of an operation is removed, and `/v1` is added where OpenAI's protocol has no path at all.
 */
export function parseProviderUrl(
  variable: string,
  kind: ProviderKind,
  { source, apiKey, errors }: AddressContext,
): string | undefined {
  const value = source[variable]?.trim();
  if (!value) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const error = findAddressError(url, apiKey !== undefined && BEARER_KINDS.has(kind));
  if (!url || error !== undefined) {
    errors.push(`${variable}: ${error}`);
    return undefined;
  }
  url.pathname = url.pathname.replace(OPERATION_PATHS[kind], '').replace(/\/+$/, '');
  const hasPath = url.pathname !== '/' && url.pathname !== '';
  if (!hasPath && kind.startsWith('openai')) url.pathname = '/v1';
  const { protocol, username, password, host, pathname, search } = url;
  const login = username === '' ? '' : `${username}:${password}@`;
  return `${protocol}//${login}${host}${pathname.replace(/\/+$/, '')}${search}`;
}

/** The value is never part of the error: it may have a password. */
function findAddressError(url: URL | undefined, hasBearerKey: boolean): string | undefined {
  if (!url || !/^https?:$/.test(url.protocol)) return 'must be a URL starting with http:// or https://';
  if (url.hash !== '') return 'must not have a fragment (#)';
  if (url.username === '' && url.password !== '') return 'has a password without a user name';
  if (!isDecodable(url.username + url.password))
    return 'has a user name or password with an invalid % escape';
  if (url.username !== '' && hasBearerKey)
    return 'must not have a user name and password together with an API key: both are sent as Authorization';
  return undefined;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns the trimmed API key; undefined when it is not set. A key that cannot be the value of a header is an error: the
 * provider would never be asked.
 */
export function parseApiKey(
  variable: string,
  source: EnvironmentVariables,
  errors: string[],
): string | undefined {
  const key = source[variable]?.trim();
  if (!key) return undefined;
  if (!/^[\x21-\x7e]+$/.test(key))
    errors.push(`${variable}: has a character that a header cannot have, such as a space or a line break`);
  return key;
}
