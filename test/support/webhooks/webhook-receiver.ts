import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { waitUntil } from '../app/server-process.js';

export interface ReceivedWebhook {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An HTTP server on loopback that records the webhooks it receives. `respond` answers them, by default with 204. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  respond: (response: ServerResponse, path: string) => void = (response) =>
    void response.writeHead(204).end();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        const { method = '', url: path = '', headers } = request;
        this.received.push({ method, path, headers, body });
        this.respond(response, path);
      });
    });
  }

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new WebhookReceiver(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path: string): string {
    return `http://localhost:${this.port}${path}`;
  }

  /** Answers with a status from now on. */
  respondWith(status: number, headers: Record<string, string> = {}): void {
    this.respond = (response) => void response.writeHead(status, headers).end('ok');
  }

  /** Returns the webhooks that arrived at a path. */
  at(path: string): ReceivedWebhook[] {
    return this.received.filter((webhook) => webhook.path === path);
  }

  /** Waits until `count` webhooks have arrived at a path; returns them. */
  async waitFor(path: string, count = 1): Promise<ReceivedWebhook[]> {
    await waitUntil(() => this.at(path).length >= count, 10_000);
    return this.at(path);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
