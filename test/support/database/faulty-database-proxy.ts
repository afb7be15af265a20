import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const DELAY_STEP_MS = 40;

/** A proxy between one node and its database whose connections become silent, are cut, or delay responses. */
export class FaultyDatabaseProxy {
  private readonly sockets = new Set<Socket>();
  private readonly listeners = new Set<Socket>();
  private readonly silenced = new Set<Socket>();
  private areNewSilent = false;
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

  /** Forwards nothing on connections that LISTEN, and keeps them open without an error. */
  silence(): void {
    this.state = 'silent';
  }

  /** Forwards nothing on all present connections, and keeps them open without an error, like a lost host. */
  silencePresent(): void {
    for (const socket of this.sockets) this.silenced.add(socket);
  }

  /** Forwards nothing on present and new connections. */
  silenceAll(): void {
    this.areNewSilent = true;
    this.silencePresent();
  }

  /** Forwards new connections again. */
  acceptNew(): void {
    this.areNewSilent = false;
  }

  /** Closes all connections that LISTEN, and each new one as soon as it does. */
  cut(): void {
    this.state = 'cut';
    for (const socket of this.listeners) socket.destroy();
  }

  /** Forwards connections that LISTEN again. Those that were cut are gone. */
  restore(): void {
    this.state = 'open';
  }

  /** Delays responses differently on each connection, so that they can arrive in another order. */
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
      if (this.areNewSilent) this.silenced.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (chunk) => {
      if (this.silenced.has(client)) return;
      if (chunk.includes('xentree-listener')) this.listeners.add(client);
      if (!this.listeners.has(client) || this.state === 'open') database.write(chunk);
      else if (this.state === 'cut') client.destroy();
    });
    database.on('data', (chunk) => {
      if (this.silenced.has(client)) return;
      const isListener = this.listeners.has(client);
      if (isListener && this.state !== 'open') return;
      if (isListener || !this.isDelaying) client.write(chunk);
      else setTimeout(() => client.writable && client.write(chunk), delay);
    });
    client.on('close', () => this.silenced.has(client) || database.destroy());
    database.on('close', () => this.silenced.has(client) || client.destroy());
  }
}
