import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import type { AppError } from '../errors/index.js';
import { boundUnread } from './slow-client-limits.js';

const LARGE = 8 * 1024 * 1024;

describe('answers that nobody reads', () => {
  let server: FastifyInstance;
  let port: number;

  async function listen(limits: { most?: number; patience?: number }): Promise<void> {
    server = fastify();
    boundUnread(server, limits);
    server.setErrorHandler((error, _request, reply) => {
      const { status, code } = error as AppError;
      void reply.status(status).send({ code });
    });
    server.get('/large', () => 'x'.repeat(LARGE));
    server.get('/small', () => 'x');
    await server.listen({ port: 0, host: '127.0.0.1' });
    ({ port } = server.server.address() as AddressInfo);
  }
  afterEach(() => server.close());

  async function ask(path: string): Promise<Socket> {
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
    await listen({ most: 2.5 * LARGE });
    const held = [await ask('/large'), await ask('/large')];
    // Two wait in memory: a third has no room, while small ones always have.
    while ((await status('/large')) !== 503);
    expect(await status('/small')).toBe(200);
    for (const socket of held) socket.destroy();
    while ((await status('/large')) !== 200);
  }, 20_000);

  it('are given up after a while', async () => {
    await listen({ patience: 300 });
    const accepted = once(server.server, 'connection') as Promise<[Socket]>;
    const socket = await ask('/large');
    await once((await accepted)[0], 'close');
    let length = 0;
    for await (const chunk of socket) length += (chunk as Buffer).length;
    expect(length).toBeLessThan(LARGE);
  }, 20_000);

  it('are whole for whoever reads, however slowly', async () => {
    await listen({ patience: 2_000 });
    const socket = await ask('/large');
    let length = 0;
    for await (const chunk of socket) {
      length += (chunk as Buffer).length;
      if (length < LARGE / 2) await new Promise((resolve) => setTimeout(resolve, 5));
      if (length > LARGE) break;
    }
    expect(length).toBeGreaterThan(LARGE);
  }, 20_000);
});
