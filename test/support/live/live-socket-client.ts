import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ClientOptions, WebSocket } from 'ws';
import type { TestApp } from '../app/test-app.js';

export interface ReceivedEvent {
  type: string;
  seq: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a client sees untyped JSON
  data: any;
}

export interface SocketRequest {
  query?: Record<string, string>;
  token?: string;
  key?: string;
  origin?: string;
  options?: ClientOptions;
}

const TIMEOUT_MS = 8_000;

/** Returns the address of the application, which listens from the first call on. */
export async function socketBase(app: TestApp): Promise<string> {
  const server = app.nest.getHttpServer();
  if (!server.listening) await app.nest.listen(0, '127.0.0.1');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** One socket of a client, with all events that it has received. */
export class LiveSocketClient {
  readonly events: ReceivedEvent[] = [];
  readonly audio: Buffer[] = [];
  private readonly changed = new Set<() => void>();
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.audio.push(data);
      else this.events.push(JSON.parse(data.toString()) as ReceivedEvent);
      this.changed.forEach((notify) => notify());
    });
    socket.on('error', () => undefined);
    this.closed = once(socket, 'close').then(([code, reason]) => {
      this.changed.forEach((notify) => notify());
      return { code: code as number, reason: String(reason) };
    });
  }

  /** Opens a socket. Rejects with the status and body when the server refuses. */
  static async open(app: TestApp, request: SocketRequest): Promise<LiveSocketClient> {
    const { query = {}, token, key, origin, options } = request;
    const url = `${await socketBase(app)}/api/live/socket?${new URLSearchParams(query)}`;
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'x-api-key': key }),
    };
    const socket = new WebSocket(url, { headers, origin, ...options });
    const client = new LiveSocketClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
      socket.once('unexpected-response', (_request, response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => reject(new RefusedSocket(response.statusCode ?? 0, text, response.headers)));
      });
    });
    return client;
  }

  send(type: string, data?: object, seq?: number): void {
    this.socket.send(JSON.stringify({ type, data, seq }));
  }

  /** Resolves with the first event that satisfies the condition, from the index `from` on. */
  async waitFor(condition: string | ((event: ReceivedEvent) => boolean), from = 0): Promise<ReceivedEvent> {
    const matches =
      typeof condition === 'string' ? ({ type }: ReceivedEvent) => type === condition : condition;
    const find = (): ReceivedEvent | undefined => this.events.slice(from).find(matches);
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    for (;;) {
      const found = find();
      if (found) return found;
      if (deadline.aborted || this.socket.readyState === WebSocket.CLOSED)
        throw new Error(`No such event: ${String(condition)} in ${JSON.stringify(this.events.slice(-8))}`);
      await this.nextChange(deadline);
    }
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }

  close(): Promise<unknown> {
    this.socket.close();
    return this.closed;
  }

  private nextChange(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.changed.delete(done);
        deadline.removeEventListener('abort', done);
        resolve();
      };
      this.changed.add(done);
      deadline.addEventListener('abort', done);
    });
  }
}

/** The answer of a server that opens no socket. */
export class RefusedSocket extends Error {
  constructor(
    readonly status: number,
    readonly text: string,
    readonly headers: Record<string, unknown>,
  ) {
    super(`${status} ${text}`);
  }

  get code(): string {
    return (JSON.parse(this.text) as { code: string }).code;
  }
}

/** Returns status and code of the refusal of a socket. */
export async function refusalOf(opening: Promise<LiveSocketClient>): Promise<[number, string]> {
  const error: unknown = await opening.then(
    (client) => client.close().then(() => new Error('The socket was opened.')),
    (refusal: unknown) => refusal,
  );
  if (!(error instanceof RefusedSocket)) throw error;
  return [error.status, error.code];
}
