import { parseApiKey, parseProviderUrl } from './provider-address.js';
import type { ModelEndpointSettings } from './retrieval-models.js';

/** A speech-to-speech server. `url` and `apiKey` are secrets: errors and logs must not contain them. */
export interface RealtimeSettings {
  /** An address that starts with `ws://` or `wss://`. */
  url: string;
  apiKey: string | undefined;
  model: string | undefined;
  /** Seconds after which a connection is replaced, before the limit of the provider ends it. */
  connectionSeconds: number;
}

/** The speech providers of live sessions; undefined when they are not configured. */
export interface SpeechSettings {
  speechToText: ModelEndpointSettings | undefined;
  textToSpeech: ModelEndpointSettings | undefined;
  realtime: RealtimeSettings | undefined;
  /** The voice of sessions that name none. */
  voice: string;
}

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

const DEFAULT_VOICE = 'alloy';
/** Some providers end a connection after 30 minutes. */
const DEFAULT_CONNECTION_SECONDS = 1_500;
const MIN_CONNECTION_SECONDS = 10;
const MAX_CONNECTION_SECONDS = 86_400;

export const NO_SPEECH: SpeechSettings = {
  speechToText: undefined,
  textToSpeech: undefined,
  realtime: undefined,
  voice: DEFAULT_VOICE,
};

export const SPEECH_VARIABLES: readonly string[] = [
  ...['BASE_URL', 'API_KEY', 'STT_MODEL', 'TTS_MODEL', 'VOICE'],
  ...['REALTIME_URL', 'REALTIME_MODEL', 'REALTIME_SECONDS'],
].map((name) => `SPEECH_${name}`);

/** Returns the configured speech providers, and one line for each configuration error. */
export function parseSpeechProviders(source: EnvironmentVariables): {
  speech: SpeechSettings;
  errors: string[];
} {
  const errors: string[] = [];
  const apiKey = parseApiKey('SPEECH_API_KEY', source, errors);
  const realtime = parseRealtime(source, apiKey, errors);
  const baseUrl = parseProviderUrl('SPEECH_BASE_URL', 'openai-compatible', { source, apiKey, errors });
  const toEndpoint = (variable: string): ModelEndpointSettings | undefined => {
    const model = read(source, variable);
    if (model !== undefined && !read(source, 'SPEECH_BASE_URL'))
      errors.push(`SPEECH_BASE_URL: is required with ${variable}`);
    return model !== undefined && baseUrl !== undefined ? { baseUrl, apiKey, model } : undefined;
  };
  const speechToText = toEndpoint('SPEECH_STT_MODEL');
  const textToSpeech = toEndpoint('SPEECH_TTS_MODEL');
  if (baseUrl !== undefined && !speechToText && !textToSpeech)
    errors.push('SPEECH_STT_MODEL: is required with SPEECH_BASE_URL, or SPEECH_TTS_MODEL, or both');
  if (apiKey !== undefined && !read(source, 'SPEECH_BASE_URL') && !read(source, 'SPEECH_REALTIME_URL'))
    errors.push('SPEECH_BASE_URL: is required with SPEECH_API_KEY, or SPEECH_REALTIME_URL');
  const voice = read(source, 'SPEECH_VOICE') ?? DEFAULT_VOICE;
  return { speech: { speechToText, textToSpeech, realtime, voice }, errors };
}

function parseRealtime(
  source: EnvironmentVariables,
  apiKey: string | undefined,
  errors: string[],
): RealtimeSettings | undefined {
  const model = read(source, 'SPEECH_REALTIME_MODEL');
  const connectionSeconds = parseSeconds(source, errors);
  const value = read(source, 'SPEECH_REALTIME_URL');
  if (value === undefined) {
    if (model !== undefined) errors.push('SPEECH_REALTIME_URL: is required with SPEECH_REALTIME_MODEL');
    return undefined;
  }
  const asHttp = { SPEECH_REALTIME_URL: value.replace(/^ws/i, 'http') };
  const address: string[] = [];
  const url = parseProviderUrl('SPEECH_REALTIME_URL', 'openai-compatible', {
    source: asHttp,
    apiKey,
    errors: address,
  });
  errors.push(...address.map((error) => error.replace('http:// or https://', 'ws:// or wss://')));
  if (url === undefined) return undefined;
  return { url: toRealtimeAddress(url), apiKey, model, connectionSeconds };
}

/** Adds the path of the protocol to the address of an API. */
function toRealtimeAddress(url: string): string {
  const address = new URL(url.replace(/^http/, 'ws'));
  if (address.pathname === '/v1') address.pathname = '/v1/realtime';
  return address.href;
}

function parseSeconds(source: EnvironmentVariables, errors: string[]): number {
  const text = read(source, 'SPEECH_REALTIME_SECONDS');
  if (text === undefined) return DEFAULT_CONNECTION_SECONDS;
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= MIN_CONNECTION_SECONDS && seconds <= MAX_CONNECTION_SECONDS)
    return seconds;
  errors.push(
    `SPEECH_REALTIME_SECONDS: must be a whole number from ${MIN_CONNECTION_SECONDS} to ${MAX_CONNECTION_SECONDS}`,
  );
  return DEFAULT_CONNECTION_SECONDS;
}

function read(source: EnvironmentVariables, variable: string): string | undefined {
  return source[variable]?.trim() || undefined;
}
