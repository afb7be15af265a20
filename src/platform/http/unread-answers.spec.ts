import fastify, { type FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { AppError } from '../errors/index.js';
import { boundUnread } from './unread-answers.js';

const LARGE = 8 * 1024 * 1024;

describe('answers that nobody reads', () => {
  let server: FastifyInstance;
  let port: number;

  beforeAll(async () => {
    server = fastify();
    boundUnread(server, { most: 2.5 * LARGE, patience: 300 });
    server.setErrorHandler((error, _request, reply) => {
      const { status, code } = error as AppError;
      void reply.status(status).send({ code });
    });
    server.get('/large', () => 'x'.repeat(LARGE));
    server.get('/small', () => 'x');
    await server.listen({ port: 0, host: '127.0.0.1' });
    ({ port } = server.server.address() as AddressInfo);
  });
  afterAll(() => server.close());

  async function ask(path: string): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`);
    return socket;
  }

  /** What arrives until the connection ends. */
  async function read(socket: Socket): Promise<string> {
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    await once(socket, 'close');
    return text;
  }

  async function status(path: string): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    await answer.arrayBuffer();
    return answer.status;
  }

  it('hold up only so much, and not for long', async () => {
    const held = [await ask('/large'), await ask('/large')];
    // Two wait in memory: a third has no room, while small ones always have.
    while ((await status('/large')) !== 503);
    expect(await status('/small')).toBe(200);
    while ((await status('/large')) !== 200);
    for (const text of await Promise.all(held.map(read))) expect(text.length).toBeLessThan(LARGE);
  }, 20_000);

  it('are whole for whoever reads, however slowly, and the connection lives on', async () => {
    const socket = await ask('/large');
    let length = 0;
    for await (const chunk of socket) {
      length += (chunk as Buffer).length;
      if (length < 4_000_000) await new Promise((resolve) => setTimeout(resolve, 5));
      if (length > LARGE) break;
    }
    expect(length).toBeGreaterThan(LARGE);
  }, 20_000);
});
