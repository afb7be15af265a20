import { Injectable } from '@nestjs/common';
import type { ClientOptions, WebSocket } from 'ws';
import { Config, type RealtimeSettings } from '@/platform/config/index.js';
import { SERVER_VERSION } from '@/platform/kernel/version.js';
import type { ProxySettings } from '@/platform/outgoing/index.js';
import { openWebSocket } from './open-web-socket.js';
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
    const socket = await openSocket(realtime, this.config.ai.proxies, {
      timeoutMs: timeouts.answerMs,
      signal: options.signal,
    });
    const session = new OpenAiRealtimeSession(
      socket,
      { ...options, voice: options.voice ?? voice },
      timeouts,
    );
    await session.configure();
    return session;
  }
}

function openSocket(
  { url, apiKey, model }: RealtimeSettings,
  proxies: ProxySettings,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<WebSocket> {
  const address = new URL(url);
  if (model !== undefined) address.searchParams.set('model', model);
  const options: ClientOptions = {
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
    headers: {
      'user-agent': `xentree-server/${SERVER_VERSION}`,
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
  };
  return openWebSocket(address, { options, proxies, timeoutMs, signal });
}
