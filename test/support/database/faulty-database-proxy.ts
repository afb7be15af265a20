import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const DELAY_STEP_MS = 40;

/** Stands between one node and its database and is a bad line: silent, cut for good, or of uneven delay. */
export class FaultyDatabaseProxy {
  private readonly sockets = new Set<Socket>();
  private readonly listeners = new Set<Socket>();
  private state: 'open' | 'silent' | 'cut' = 'open';
  private isDelaying = false;
  private count = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(databaseUrl: string): Promise<FaultyDatabaseProxy> {
    const target = new URL(databaseUrl);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    const proxy = new FaultyDatabaseProxy(server, url.href);
    server.on('connection', (client) => proxy.forward(client, target));
    return proxy;
  }

  /** Nothing passes on any listening connection any more, though all stay open and no error is seen. */
  silence(): void {
    this.state = 'silent';
  }

  /** Every listening connection is closed, and each new one as soon as it says what it is. */
  cut(): void {
    this.state = 'cut';
    for (const socket of this.listeners) socket.destroy();
  }

  /** Answers take their time, on each connection another: what was read first may arrive last. */
  delayResponses(): void {
    this.isDelaying = true;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private forward(client: Socket, { hostname, port }: URL): void {
    const database = connect(Number(port || 5432), hostname);
    const delay = (this.count++ % 3) * DELAY_STEP_MS;
    for (const socket of [client, database]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (chunk) => {
      if (chunk.includes('xentree-listener')) this.listeners.add(client);
      if (!this.listeners.has(client) || this.state === 'open') database.write(chunk);
      else if (this.state === 'cut') client.destroy();
    });
    database.on('data', (chunk) => {
      const isListener = this.listeners.has(client);
      if (isListener && this.state !== 'open') return;
      if (isListener || !this.isDelaying) client.write(chunk);
      else setTimeout(() => client.writable && client.write(chunk), delay);
    });
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
  }
}
