import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { anthropic } from './anthropic.js';
import { google } from './google.js';
import { ollama } from './ollama.js';
import { openai } from './openai.js';
import { type ResponsePlan, buildResponsePlan } from './response-plan.js';
import type { ScriptedAnswer } from './scripted-answer.js';
import type { WireProtocol } from './wire-protocol.js';

const PROTOCOLS = { openai, anthropic, google, ollama } satisfies Record<string, WireProtocol>;

export type FakeProviderKind = keyof typeof PROTOCOLS;

/** A request as the provider received it. */
export interface RecordedRequest {
  method: string;
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: unknown;
}

export interface FakeProviderOptions {
  kind?: FakeProviderKind;
  port?: number;
  /** `false`: `requests` stays empty, as benchmarks need it. */
  record?: boolean;
}

/** A provider on loopback that speaks a real protocol and sends scripted answers and failures. */
export class FakeProvider {
  readonly requests: RecordedRequest[] = [];
  /** Requests that the client aborted. */
  abortedRequests = 0;
  /** Requests without a complete response. */
  runningRequests = 0;
  /** Connections that are open, and all since the start. */
  openConnections = 0;
  totalConnections = 0;
  /** The answer to a request for the model list. */
  modelListAnswer: readonly string[] | ScriptedAnswer = ['model-a', 'model-b'];
  private readonly server: Server;
  private readonly protocol: WireProtocol;
  private readonly plans = new WeakMap<ScriptedAnswer, Map<string, ResponsePlan>>();
  private steps: ScriptedAnswer[] = [{}];
  private holdLatch = new HoldLatch();

  private constructor(private readonly options: FakeProviderOptions) {
    this.protocol = PROTOCOLS[options.kind ?? 'openai'];
    this.server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
      void this.serve(request, response).catch(() => response.destroy());
    });
    this.server.on('connection', (socket) => {
      this.openConnections += 1;
      this.totalConnections += 1;
      socket.once('close', () => (this.openConnections -= 1));
    });
  }

  static async start(options: FakeProviderOptions = {}): Promise<FakeProvider> {
    const fakeProvider = new FakeProvider(options);
    fakeProvider.server.listen(options.port ?? 0, '127.0.0.1');
    await once(fakeProvider.server, 'listening');
    return fakeProvider;
  }

  /** The base URL for the settings of the server. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${this.protocol.base}`;
  }

  /** Sets the answers to the next requests, in this order; the last one repeats. */
  script(...steps: ScriptedAnswer[]): void {
    this.steps = steps.length > 0 ? steps : [{}];
    if (this.holdLatch.isOpen) this.holdLatch = new HoldLatch();
  }

  /** Continues all answers that `hold`, including scripted ones that have not started. */
  releaseHeld(): void {
    this.holdLatch.open();
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.runningRequests += 1;
    let destroyConnection = false;
    response.once('close', () => {
      this.runningRequests -= 1;
      if (!response.writableFinished && !destroyConnection) this.abortedRequests += 1;
    });
    const { method = '', url: path = '', headers } = request;
    const text = await readBody(request);
    const body: unknown = text === '' ? null : JSON.parse(text);
    if (this.options.record !== false) this.requests.push({ method, path, headers, body });
    const planned =
      method === 'GET'
        ? this.modelListStep()
        : (this.steps.length > 1 && this.steps.shift()) || this.steps[0];
    const isRefused = planned?.requiredHeader !== undefined && headers[planned.requiredHeader] === undefined;
    const step = isRefused ? { status: 403 } : (planned?.refuse?.(toFields(body), path) ?? planned);
    if (!step || step.silent) return;
    destroyConnection = step.hangUp === true;
    if (destroyConnection) request.socket.destroy();
    else
      destroyConnection = await writeResponse(
        this.getResponsePlan(step, path, body),
        response,
        this.holdLatch,
      );
    if (destroyConnection) request.socket.destroy();
  }

  private modelListStep(): ScriptedAnswer {
    const { modelListAnswer } = this;
    if (!isModelNames(modelListAnswer)) return modelListAnswer;
    return { raw: JSON.stringify(this.protocol.modelList(modelListAnswer)) };
  }

  private getResponsePlan(step: ScriptedAnswer, path: string, body: unknown): ResponsePlan {
    const isStreaming = this.protocol.isStreamingRequest(path, body) && body !== null;
    const answerRequest = {
      model: getRequestedModel(path, body),
      streaming: step.otherForm ? !isStreaming : isStreaming,
    };
    const key = `${answerRequest.streaming} ${answerRequest.model}`;
    const cachedPlans = this.plans.get(step) ?? new Map<string, ResponsePlan>();
    this.plans.set(step, cachedPlans);
    const plan = cachedPlans.get(key) ?? buildResponsePlan(step, this.protocol, answerRequest);
    cachedPlans.set(key, plan);
    return plan;
  }
}

/** A latch that a test opens once. */
class HoldLatch {
  isOpen = false;
  private resolveOpened = (): void => undefined;
  readonly whenOpened = new Promise<void>((resolve) => (this.resolveOpened = resolve));

  open(): void {
    this.isOpen = true;
    this.resolveOpened();
  }
}

/** Writes the response; returns whether the caller must destroy the connection. */
async function writeResponse(
  plan: ResponsePlan,
  response: ServerResponse,
  holdLatch: HoldLatch,
): Promise<boolean> {
  const { holdAfterWrites: hold } = plan;
  if (plan.firstByteMs > 0) await sleep(plan.firstByteMs, undefined, { ref: false });
  if (hold === 0) await holdLatch.whenOpened;
  if (response.destroyed) return false;
  const [firstWrite] = plan.writes;
  if (plan.connectionEnd === 'end' && plan.writes.length <= 1 && plan.delayMs === 0) {
    const hasLength = /json/.test(String(plan.headers['content-type']));
    const length = hasLength ? { 'content-length': Buffer.byteLength(firstWrite ?? '') } : {};
    response.writeHead(plan.status, { ...plan.headers, ...length }).end(firstWrite);
    return false;
  }
  response.writeHead(plan.status, plan.headers);
  response.flushHeaders();
  if (hold) {
    await writeChunks(plan, plan.writes.slice(0, hold), response);
    await holdLatch.whenOpened;
  }
  await writeChunks(plan, hold ? plan.writes.slice(hold) : plan.writes, response);
  if (response.destroyed) return false;
  if (plan.connectionEnd === 'end') response.end();
  // The socket must send the written bytes before it is destroyed.
  if (plan.connectionEnd === 'drop') await sleep(5, undefined, { ref: false });
  return plan.connectionEnd === 'drop';
}

async function writeChunks(
  plan: ResponsePlan,
  writes: readonly Buffer[],
  response: ServerResponse,
): Promise<void> {
  for (const write of writes) {
    if (plan.delayMs > 0) await sleep(plan.delayMs, undefined, { ref: false });
    if (response.destroyed) return;
    response.write(write);
    if (plan.separatePackets) await nextTurn();
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(request, 'end');
  return Buffer.concat(chunks).toString('utf8');
}

function getRequestedModel(path: string, body: unknown): string {
  const inPath = /models\/([^:/]+):/.exec(path)?.[1];
  const inBody = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
  return inPath ?? (typeof inBody === 'string' ? inBody : 'model');
}

function toFields(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

function isModelNames(answer: readonly string[] | ScriptedAnswer): answer is readonly string[] {
  return Array.isArray(answer);
}
