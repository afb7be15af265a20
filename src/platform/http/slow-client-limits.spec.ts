import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import { requestContext } from '../context/index.js';
import type { AppError } from '../errors/index.js';
import { limitUnsentBytes } from './slow-client-limits.js';

const LARGE_BYTES = 8 * 1024 * 1024;

function endlessly(this: Readable): void {
  this.push('x'.repeat(16_384));
}

describe('responses that the client does not read', () => {
  let server: FastifyInstance;
  let port: number;
  let servedText = '';

  async function listen(limits: Parameters<typeof limitUnsentBytes>[1]): Promise<void> {
    server = fastify();
    server.addHook('onRequest', ({ id, url, headers }, reply, done) => {
      const setHeader = (name: string, value: string): void => void reply.header(name, value);
      requestContext.run({ requestId: id, url, setHeader, network: () => String(headers.host) }, done);
    });
    limitUnsentBytes(server, limits);
    server.setErrorHandler((error, _request, reply) => {
      const { status, code } = error as AppError;
      void reply.status(status).send({ code });
    });
    server.get('/large', () => 'x'.repeat(LARGE_BYTES));
    server.get('/small', () => 'x');
    server.get('/text', () => servedText);
    server.get('/stream', (_request, reply) => reply.send(new Readable({ read: endlessly })));
    await server.listen({ port: 0, host: '127.0.0.1' });
    ({ port } = server.server.address() as AddressInfo);
  }
  afterEach(() => server.close());

  async function sendRequest(path: string, caller = 'here'): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${caller}\r\n\r\n`);
    return socket;
  }

  async function status(path: string): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    await answer.arrayBuffer();
    return answer.status;
  }

  it('use up the share of their caller, while others and small responses have room', async () => {
    await listen({ maxBytesPerCaller: 2.5 * LARGE_BYTES });
    const held = [await sendRequest('/large', 'greedy'), await sendRequest('/large', 'greedy')];
    const statusOfGreedy = async (path: string): Promise<string> => {
      const socket = await sendRequest(path, 'greedy');
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return chunk.toString('latin1', 9, 12);
    };
    while ((await statusOfGreedy('/large')) !== '503');
    expect(await statusOfGreedy('/small')).toBe('200');
    for (let count = 0; count < 5; count += 1) expect(await status('/large')).toBe(200);
    for (const socket of held) socket.destroy();
    while ((await statusOfGreedy('/large')) !== '200');
  });

  it('are aborted for another caller when all memory is used', async () => {
    await listen({ maxBytes: 2.5 * LARGE_BYTES });
    const held = [await sendRequest('/large', 'greedy'), await sendRequest('/large', 'greedy')];
    await Promise.all(held.map((socket) => once(socket, 'readable')));
    expect(await status('/large')).toBe(200);
    expect(await lengthOf(held[0] as Socket)).toBeLessThan(LARGE_BYTES);
    held[1]?.destroy();
  });

  // Loopback buffers accept megabytes at first, which Node.js takes for progress when its own timeout is over.
  it.each(['/large', '/stream'])(
    'are given up on time: %s',
    async (path) => {
      await listen({ timeoutMs: 1_000 });
      const accepted = once(server.server, 'connection') as Promise<[Socket]>;
      const socket = await sendRequest(path);
      const [connection] = await accepted;
      const start = performance.now();
      await once(connection, 'close');
      expect(performance.now() - start).toBeLessThan(1_900);
      if (path === '/large') expect(await lengthOf(socket)).toBeLessThan(LARGE_BYTES);
    },
    20_000,
  );

  async function lengthOf(socket: Socket): Promise<number> {
    let length = 0;
    for await (const chunk of socket) length += (chunk as Buffer).length;
    return length;
  }

  it('are the same text in chunks, whatever its characters', async () => {
    await listen({});
    const text = `x${'🦓é'.repeat(40_000)}`;
    servedText = text;
    const response = await fetch(`http://127.0.0.1:${port}/text`);
    expect(await response.text()).toBe(text);
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
  });

  it('have the same length and type as small ones', async () => {
    await listen({});
    const response = await fetch(`http://127.0.0.1:${port}/large`);
    expect((await response.arrayBuffer()).byteLength).toBe(LARGE_BYTES);
    const { headers } = response;
    expect(headers.get('content-length')).toBe(String(LARGE_BYTES));
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const head = await fetch(`http://127.0.0.1:${port}/large`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(LARGE_BYTES));
  });

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
  });
});
