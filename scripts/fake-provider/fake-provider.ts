import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { anthropic } from './anthropic.js';
import { google } from './google.js';
import { ollama } from './ollama.js';
import { openai } from './openai.js';
import { type Plan, planOf } from './response-plan.js';
import type { Protocol } from './wire-protocol.js';
import type { Step } from './scripted-answer.js';

const PROTOCOLS = { openai, anthropic, google, ollama } satisfies Record<string, Protocol>;

export type UpstreamKind = keyof typeof PROTOCOLS;

/** What was asked of the upstream. */
export interface UpstreamRequest {
  method: string;
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: unknown;
}

export interface UpstreamOptions {
  kind?: UpstreamKind;
  port?: number;
  /** Off for benchmarks: `requests` stays empty. */
  record?: boolean;
}

/** A provider on loopback that speaks a real protocol and does what it is told, well or badly. */
export class ScriptedUpstream {
  readonly requests: UpstreamRequest[] = [];
  /** Requests that were broken off from the other side. */
  aborted = 0;
  /** Requests under way. */
  running = 0;
  /** Connections open now, and ever. */
  open = 0;
  connections = 0;
  /** What a question for the models is answered with. */
  offered: readonly string[] | Step = ['model-a', 'model-b'];
  private readonly server: Server;
  private readonly protocol: Protocol;
  private readonly plans = new WeakMap<Step, Map<string, Plan>>();
  private steps: Step[] = [{}];
  private gate = new Gate();

  private constructor(private readonly options: UpstreamOptions) {
    this.protocol = PROTOCOLS[options.kind ?? 'openai'];
    this.server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
      void this.serve(request, response).catch(() => response.destroy());
    });
    this.server.on('connection', (socket) => {
      this.open += 1;
      this.connections += 1;
      socket.once('close', () => (this.open -= 1));
    });
  }

  static async start(options: UpstreamOptions = {}): Promise<ScriptedUpstream> {
    const upstream = new ScriptedUpstream(options);
    upstream.server.listen(options.port ?? 0, '127.0.0.1');
    await once(upstream.server, 'listening');
    return upstream;
  }

  /** The base URL, as a provider's settings have it. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${this.protocol.base}`;
  }

  /** Answers to the next requests, in this order; the last one goes on for ever. */
  script(...steps: Step[]): void {
    this.steps = steps.length > 0 ? steps : [{}];
    if (this.gate.isOpen) this.gate = new Gate();
  }

  /** Whatever holds goes on, and so does what would hold later and is scripted already. */
  release(): void {
    this.gate.open();
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.running += 1;
    let broken = false;
    response.once('close', () => {
      this.running -= 1;
      if (!response.writableFinished && !broken) this.aborted += 1;
    });
    const { method = '', url: path = '', headers } = request;
    const text = await textOf(request);
    const body: unknown = text === '' ? null : JSON.parse(text);
    if (this.options.record !== false) this.requests.push({ method, path, headers, body });
    const step =
      method === 'GET' ? this.listing() : (this.steps.length > 1 && this.steps.shift()) || this.steps[0];
    if (!step || step.silent) return;
    broken = step.hangUp === true;
    if (broken) request.socket.destroy();
    else broken = await play(this.planFor(step, path, body), response, this.gate);
    if (broken) request.socket.destroy();
  }

  private listing(): Step {
    const { offered } = this;
    return isNames(offered) ? { raw: JSON.stringify(this.protocol.models(offered)) } : offered;
  }

  private planFor(step: Step, path: string, body: unknown): Plan {
    const asked = {
      model: modelOf(path, body),
      streaming: this.protocol.streams(path, body) && body !== null,
    };
    const key = `${asked.streaming} ${asked.model}`;
    const known = this.plans.get(step) ?? new Map<string, Plan>();
    this.plans.set(step, known);
    const plan = known.get(key) ?? planOf(step, this.protocol, asked);
    known.set(key, plan);
    return plan;
  }
}

/** Closed until a test opens it. */
class Gate {
  isOpen = false;
  private pass = (): void => undefined;
  readonly opened = new Promise<void>((resolve) => (this.pass = resolve));

  open(): void {
    this.isOpen = true;
    this.pass();
  }
}

/** Says whether the connection is to be broken now. */
async function play(plan: Plan, response: ServerResponse, gate: Gate): Promise<boolean> {
  const { hold } = plan;
  if (plan.firstByteMs > 0) await sleep(plan.firstByteMs, undefined, { ref: false });
  if (hold === 0) await gate.opened;
  if (response.destroyed) return false;
  const [only] = plan.writes;
  if (plan.ending === 'end' && plan.writes.length <= 1 && plan.delayMs === 0) {
    const whole = /json/.test(String(plan.headers['content-type']));
    const length = whole ? { 'content-length': Buffer.byteLength(only ?? '') } : {};
    response.writeHead(plan.status, { ...plan.headers, ...length }).end(only);
    return false;
  }
  response.writeHead(plan.status, plan.headers);
  response.flushHeaders();
  if (hold) {
    await send(plan, plan.writes.slice(0, hold), response);
    await gate.opened;
  }
  await send(plan, hold ? plan.writes.slice(hold) : plan.writes, response);
  if (response.destroyed) return false;
  if (plan.ending === 'end') response.end();
  // What was written has to leave before the connection does.
  if (plan.ending === 'drop') await sleep(5, undefined, { ref: false });
  return plan.ending === 'drop';
}

async function send(plan: Plan, writes: readonly Buffer[], response: ServerResponse): Promise<void> {
  for (const write of writes) {
    if (plan.delayMs > 0) await sleep(plan.delayMs, undefined, { ref: false });
    if (response.destroyed) return;
    response.write(write);
    if (plan.apart) await nextTurn();
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(request, 'end');
  return Buffer.concat(chunks).toString('utf8');
}

function modelOf(path: string, body: unknown): string {
  const inPath = /models\/([^:/]+):/.exec(path)?.[1];
  const inBody = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
  return inPath ?? (typeof inBody === 'string' ? inBody : 'model');
}

function isNames(offered: readonly string[] | Step): offered is readonly string[] {
  return Array.isArray(offered);
}
