import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { HttpAdapterHost } from '@nestjs/core';
import { parseConfig } from '@/platform/config/index.js';
import { SystemClock } from '@/platform/kernel/clock.js';
import type { UnitOfWork } from '@/platform/persistence/index.js';
import { EndpointGuard } from '../endpoints/endpoint-guard.js';
import type { HostResolver } from '../endpoints/host-resolver.js';
import { WebhookClient } from './webhook-client.js';

const NEVER = new AbortController().signal;

describe('the client of webhooks', () => {
  const servers: { close: () => void }[] = [];
  const resolve = jest.fn<Promise<string[]>, [string, AbortSignal]>();
  const config = parseConfig({ NODE_ENV: 'test', WEBHOOKS_ALLOW_PRIVATE: 'on' });
  const adapterHost = {
    httpAdapter: { getHttpServer: () => ({ address: () => null }) },
  } as unknown as HttpAdapterHost;
  const guard = new EndpointGuard({ resolve } as unknown as HostResolver, config, adapterHost);
  const unitOfWork = { assertNoTransaction: () => undefined } as unknown as UnitOfWork;
  const client = new WebhookClient(guard, unitOfWork, new SystemClock());

  beforeEach(() => resolve.mockReset().mockResolvedValue(['127.0.0.1']));
  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  const listen = async (listener: RequestListener): Promise<number> => {
    const server = createServer(listener);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    servers.push({ close: () => void (server.closeAllConnections(), server.close()) });
    return portOf(server);
  };
  const portOf = (server: Pick<Server, 'address'>): number => (server.address() as AddressInfo).port;
  const send = (url: string, timeoutMs = 2_000) =>
    client.send({ url, headers: { 'webhook-id': 'a' }, body: '{}' }, NEVER, timeoutMs);

  it('connects to the judged address and keeps the name, whatever the name resolves to', async () => {
    const hosts: (string | undefined)[] = [];
    const port = await listen((request, response) => {
      hosts.push(request.headers.host);
      response.writeHead(204).end();
    });
    const url = `http://hooks.localhost:${port}/a?b=c`;
    expect(await send(url)).toMatchObject({ statusClass: '2xx', reason: null });
    expect(hosts).toEqual([`hooks.localhost:${port}`]);
    expect(resolve).toHaveBeenCalledTimes(1);
  });

  it('sends the name in the TLS handshake', async () => {
    const names: string[] = [];
    const server = createTlsServer({
      SNICallback: (name, done) => {
        names.push(name);
        done(new Error('There is no certificate.'));
      },
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    servers.push(server);
    const result = await send(`https://hooks.example.com:${portOf(server)}/`);
    expect(result).toMatchObject({ statusClass: null, reason: 'connection_failed' });
    expect(names).toEqual(['hooks.example.com']);
  });

  it('judges the addresses for each request, all of them', async () => {
    const guarded = Object.create(config, { webhooks: { value: { allowPrivate: false } } }) as typeof config;
    const strict = new WebhookClient(
      new EndpointGuard({ resolve } as unknown as HostResolver, guarded, adapterHost),
      unitOfWork,
      new SystemClock(),
    );
    const request = { url: 'https://hooks.example.com/', headers: {}, body: '{}' };
    for (const addresses of [['10.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::1'], ['::ffff:8.8.8.8']]) {
      resolve.mockResolvedValueOnce(addresses);
      expect(await strict.send(request, NEVER)).toMatchObject({ reason: 'address_refused' });
    }
  });

  it.each<[string, RequestListener]>([
    ['does not respond', () => undefined],
    ['responds with a part of the headers', (_, response) => void response.socket?.write('HTTP/1.1 2')],
    ['only announces a response', (_, response) => void response.writeProcessing()],
  ])('gives a receiver up that %s', async (_, listener) => {
    const port = await listen(listener);
    const result = await send(`http://localhost:${port}/`, 150);
    expect(result).toEqual({ statusClass: null, reason: 'timed_out', durationMs: expect.any(Number) });
    expect([100, 200, 300]).toContain(result.durationMs);
  });

  it('gives a name up that does not resolve in time', async () => {
    resolve.mockImplementationOnce(
      (_, signal) =>
        new Promise((_done, fail) => signal.addEventListener('abort', () => fail(new Error('aborted')))),
    );
    expect(await send('https://hooks.example.com/', 50)).toMatchObject({ reason: 'timed_out' });
  });

  it('does not read the body of a response, however long', async () => {
    let written = 0;
    const port = await listen((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => {
        written += 1;
        response.write('x'.repeat(1024));
      }, 5);
      response.on('close', () => clearInterval(timer));
    });
    expect(await send(`http://localhost:${port}/`)).toMatchObject({ statusClass: '2xx', reason: null });
    const before = written;
    await new Promise((done) => setTimeout(done, 100));
    expect(written - before).toBeLessThan(5);
  });

  it('refuses endless headers, closed ports and answers that are not HTTP', async () => {
    const endless = await listen((_, response) => {
      response.setHeader('x-long', 'x'.repeat(64 * 1024));
      response.end();
    });
    const foreign = await listen((_, response) => void response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n'));
    for (const port of [endless, foreign, 1])
      expect(await send(`http://localhost:${port}/`)).toMatchObject({
        statusClass: null,
        reason: 'connection_failed',
      });
  });

  it('throws when the server shuts down: the attempt does not count', async () => {
    const shutdown = new AbortController();
    const port = await listen(() => shutdown.abort());
    const request = { url: `http://localhost:${port}/`, headers: {}, body: '{}' };
    await expect(client.send(request, shutdown.signal)).rejects.toThrow('aborted');
  });
});
