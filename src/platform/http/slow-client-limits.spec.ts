import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import type { AppError } from '../errors/index.js';
import { limitUnsentBytes } from './slow-client-limits.js';

const LARGE_BYTES = 8 * 1024 * 1024;

describe('responses that the client does not read', () => {
  let server: FastifyInstance;
  let port: number;

  async function listen(limits: { maxBytes?: number; timeoutMs?: number }): Promise<void> {
    server = fastify();
    limitUnsentBytes(server, limits);
    server.setErrorHandler((error, _request, reply) => {
      const { status, code } = error as AppError;
      void reply.status(status).send({ code });
    });
    server.get('/large', () => 'x'.repeat(LARGE_BYTES));
    server.get('/small', () => 'x');
    await server.listen({ port: 0, host: '127.0.0.1' });
    ({ port } = server.server.address() as AddressInfo);
  }
  afterEach(() => server.close());

  async function sendRequest(path: string): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`);
    return socket;
  }

  async function status(path: string): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    await answer.arrayBuffer();
    return answer.status;
  }

  it('hold up only so much memory', async () => {
    await listen({ maxBytes: 2.5 * LARGE_BYTES });
    const held = [await sendRequest('/large'), await sendRequest('/large')];
    // Two wait in memory: a third has no room, while small ones always have.
    while ((await status('/large')) !== 503);
    expect(await status('/small')).toBe(200);
    for (const socket of held) socket.destroy();
    while ((await status('/large')) !== 200);
  }, 20_000);

  it('are given up after a while', async () => {
    await listen({ timeoutMs: 300 });
    const accepted = once(server.server, 'connection') as Promise<[Socket]>;
    const socket = await sendRequest('/large');
    await once((await accepted)[0], 'close');
    let length = 0;
    for await (const chunk of socket) length += (chunk as Buffer).length;
    expect(length).toBeLessThan(LARGE_BYTES);
  }, 20_000);

  it('are complete for a client that reads slowly', async () => {
    await listen({ timeoutMs: 2_000 });
    const socket = await sendRequest('/large');
    let length = 0;
    for await (const chunk of socket) {
      length += (chunk as Buffer).length;
      if (length < LARGE_BYTES / 2) await new Promise((resolve) => setTimeout(resolve, 5));
      if (length > LARGE_BYTES) break;
    }
    expect(length).toBeGreaterThan(LARGE_BYTES);
  }, 20_000);
});
