import { Injectable } from '@nestjs/common';
import { type ClientOptions, WebSocket } from 'ws';
import { ModelFailure } from '@/modules/ai/index.js';
import { Config, type RealtimeSettings } from '@/platform/config/index.js';
import { SERVER_VERSION } from '@/platform/kernel/version.js';
import { OpenAiRealtimeSession } from './openai-realtime-session.js';
import {
  SpeechToSpeech,
  type SpeechToSpeechOptions,
  type SpeechToSpeechSession,
} from './speech-to-speech.js';

/** A person waits. */
const ANSWER_MS = 10_000;
const STALL_MS = 5_000;
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Connects to a server with the protocol of OpenAI Realtime. */
@Injectable()
export class OpenAiSpeechToSpeech extends SpeechToSpeech {
  constructor(private readonly config: Config) {
    super();
  }

  get isConfigured(): boolean {
    return this.config.speech.realtime !== undefined;
  }

  get connectionSeconds(): number {
    return this.config.speech.realtime?.connectionSeconds ?? 0;
  }

  async connect(options: SpeechToSpeechOptions): Promise<SpeechToSpeechSession> {
    const { realtime, voice } = this.config.speech;
    if (!realtime) throw new Error('No speech-to-speech server is configured.');
    const { answerTimeoutMs, stallTimeoutMs } = this.config.ai;
    const timeouts = {
      answerMs: Math.min(ANSWER_MS, answerTimeoutMs),
      stallMs: Math.min(STALL_MS, stallTimeoutMs),
    };
    const socket = await openSocket(realtime, timeouts.answerMs, options.signal);
    const session = new OpenAiRealtimeSession(
      socket,
      { ...options, voice: options.voice ?? voice },
      timeouts,
    );
    await session.configure();
    return session;
  }
}

async function openSocket(
  { url, apiKey, model }: RealtimeSettings,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<WebSocket> {
  signal.throwIfAborted();
  const address = new URL(url);
  if (model !== undefined) address.searchParams.set('model', model);
  const options: ClientOptions = {
    handshakeTimeout: timeoutMs,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
    headers: {
      'user-agent': `xentree-server/${SERVER_VERSION}`,
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
  };
  const socket = new WebSocket(address, options);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      reject(failureOfStatus(response.statusCode ?? 500));
    });
    socket.once('error', () => reject(new ModelFailure('unreachable')));
  });
  return socket;
}

function failureOfStatus(status: number): ModelFailure {
  if (status === 401 || status === 403) return new ModelFailure('key_rejected', undefined, String(status));
  if (status === 429) return new ModelFailure('rate_limited', undefined, String(status));
  const isRefused = status >= 400 && status < 500;
  return new ModelFailure(isRefused ? 'request_rejected' : 'server_error', undefined, String(status));
}
