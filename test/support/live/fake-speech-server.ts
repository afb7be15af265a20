import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { toWav } from '@/modules/live/speech/audio/pcm.js';
import { FakeRealtimeConnection } from './fake-realtime-connection.js';
import { tone } from './tones.js';

/** How the server answers one request. */
export interface SpeechPlan {
  status?: number;
  /** Sends nothing, and keeps the connection open. */
  hangs?: boolean;
  /** Closes the connection after so many milliseconds of audio. */
  cutAfterMs?: number;
  /** Sends so much of the audio, and then nothing more. */
  stallsAfterMs?: number;
  /** Milliseconds until the first byte. */
  delayMs?: number;
  /** Sends a WAV file, though PCM was asked for. */
  wav?: boolean;
}

interface Transcription {
  model: string;
  language: string | null;
  isStream: boolean;
  /** The bytes of the WAV file. */
  bytes: number;
}

/** A loopback server with the audio API of OpenAI and the protocol of OpenAI Realtime. It speaks in tones. */
export class FakeSpeechServer {
  /** What the user says, in this order; then `defaultTranscript`. */
  readonly transcripts: string[] = [];
  defaultTranscript = 'Hello there.';
  /** What was asked, in order. */
  readonly transcriptions: Transcription[] = [];
  readonly spoken: string[] = [];
  readonly keys = new Set<string | undefined>();
  readonly connections: FakeRealtimeConnection[] = [];
  /** The answers of the speech-to-speech model. */
  answer = 'I am well, thank you. How are you?';
  msPerCharacter = 10;
  acceptsStreams = true;
  /** False: times of words are refused. */
  knowsWords = true;
  secondsPerWord = 0.4;
  /** Takes only the older form of the realtime protocol. */
  isBeta = false;
  planSpeech: (text: string) => SpeechPlan = () => ({});
  planTranscription: () => SpeechPlan = () => ({});
  planAnswer: (answer: number) => SpeechPlan = () => ({});
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({ noServer: true });

  private constructor() {
    this.server = createServer((request, response) => void this.handle(request, response));
    this.server.on('upgrade', (request, socket, head) => {
      this.keys.add(request.headers.authorization);
      this.sockets.handleUpgrade(request, socket, head, (client) =>
        this.connections.push(new FakeRealtimeConnection(client, this, request.url ?? '')),
      );
    });
  }

  static async start(): Promise<FakeSpeechServer> {
    const fake = new FakeSpeechServer();
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  /** Variables for a server that uses it, in three steps or with the speech-to-speech model. */
  environment(kind: 'cascade' | 'realtime'): Record<string, string> {
    const { port } = this.server.address() as AddressInfo;
    return kind === 'realtime'
      ? { SPEECH_REALTIME_URL: `ws://127.0.0.1:${port}/v1/realtime`, SPEECH_API_KEY: 'sk-speech' }
      : {
          SPEECH_BASE_URL: `http://127.0.0.1:${port}/v1`,
          SPEECH_API_KEY: 'sk-speech',
          SPEECH_STT_MODEL: 'ears-1',
          SPEECH_TTS_MODEL: 'voice-1',
        };
  }

  nextTranscript(): string {
    return this.transcripts.shift() ?? this.defaultTranscript;
  }

  audioOf(text: string): Buffer {
    return tone(text.length * this.msPerCharacter);
  }

  async stop(): Promise<void> {
    for (const client of this.sockets.clients) client.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.keys.add(request.headers.authorization);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    if (request.url === '/v1/audio/transcriptions') return this.transcribe(request, body, response);
    if (request.url === '/v1/audio/speech') return this.speak(body, response);
    response.writeHead(404).end('{}');
  }

  private async transcribe(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const form = await new Response(new Uint8Array(body), { headers }).formData();
    const isStream = form.get('stream') === 'true';
    const language = form.get('language') as string | null;
    const { size } = form.get('file') as File;
    this.transcriptions.push({ model: String(form.get('model')), language, isStream, bytes: size });
    const { hangs, status = 200, delayMs = 0 } = this.planTranscription();
    if (hangs) return;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (isStream && !this.acceptsStreams)
      return void response.writeHead(400).end('{"error":{"message":"Unknown parameter: stream"}}');
    const wantsWords = form.get('response_format') === 'verbose_json';
    if (wantsWords && !this.knowsWords)
      return void response.writeHead(400).end('{"error":{"message":"Unknown response_format"}}');
    const text = this.nextTranscript();
    response.writeHead(status, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
    const words = wantsWords ? { words: this.timesOf(text) } : {};
    if (!isStream || status !== 200) return void response.end(JSON.stringify({ text, ...words }));
    for (const delta of text.match(/\S+\s*/gu) ?? [])
      response.write(`data: ${JSON.stringify({ type: 'transcript.text.delta', delta })}\n\n`);
    response.end(`data: ${JSON.stringify({ type: 'transcript.text.done', text })}\n\n`);
  }

  private timesOf(text: string): object[] {
    const words = text.match(/\S+/gu) ?? [];
    return words.map((word, index) => ({
      word,
      start: index * this.secondsPerWord,
      end: (index + 0.8) * this.secondsPerWord,
    }));
  }

  private speak(body: Buffer, response: ServerResponse): void {
    const { input } = JSON.parse(body.toString()) as { input: string };
    this.spoken.push(input);
    const { hangs, status = 200, cutAfterMs, stallsAfterMs, wav, delayMs = 0 } = this.planSpeech(input);
    if (hangs) return;
    const pcm = this.audioOf(input);
    const audio = wav ? toWav(pcm) : pcm;
    setTimeout(() => {
      response.writeHead(status, { 'content-type': 'audio/pcm' });
      if (status !== 200) return response.end('{"error":{"message":"sk-speech is not valid"}}');
      const partial = cutAfterMs ?? stallsAfterMs;
      if (partial === undefined) return response.end(audio);
      response.write(audio.subarray(0, partial * 48), () => {
        if (cutAfterMs !== undefined) response.destroy();
      });
      return response;
    }, delayMs);
  }
}
