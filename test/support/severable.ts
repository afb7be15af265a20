import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * Stands between one node and its database and can silence the connection that listens for notifications: it
 * stays open, no error is seen, and nothing arrives. What a cut cable does, which no closed socket shows.
 */
export class Severable {
  private readonly sockets = new Set<Socket>();
  private silent = false;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async before(databaseUrl: string): Promise<Severable> {
    const target = new URL(databaseUrl);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    const between = new Severable(server, url.href);
    server.on('connection', (client) => between.join(client, target));
    return between;
  }

  /** From now on nothing passes on any listening connection, old or new. */
  silence(): void {
    this.silent = true;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, { hostname, port }: URL): void {
    const database = connect(Number(port || 5432), hostname);
    let listens = false;
    for (const socket of [client, database]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (chunk) => {
      listens ||= chunk.includes('xentree-listener');
      if (!(listens && this.silent)) database.write(chunk);
    });
    database.on('data', (chunk) => {
      if (!(listens && this.silent)) client.write(chunk);
    });
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
  }
}
