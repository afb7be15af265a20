import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import multipart from '@fastify/multipart';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { FormReader } from './form-reader.js';

const OPTIONS = { fields: [], jsonFields: [] };
const BEGINNING =
  '--form\r\nContent-Disposition: form-data; name="file"; filename="cut.txt"\r\n\r\nThe beginning';

describe('a form whose client leaves', () => {
  let server: FastifyInstance;
  let reading: Promise<unknown>;
  let arrived: () => void;
  let waitBefore: (request: FastifyRequest) => Promise<unknown>;

  beforeAll(async () => {
    server = fastify();
    await server.register(multipart);
    server.post('/', async (request) => {
      arrived();
      await waitBefore(request);
      reading = new FormReader(OPTIONS, 1000).read(request).catch((error: unknown) => error);
      await reading;
      return {};
    });
    await server.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(() => server.close());

  async function begin(): Promise<Socket> {
    const requested = new Promise<void>((resolve) => (arrived = resolve));
    const { port } = server.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=form\r\nContent-Length: 9000\r\n\r\n${BEGINNING}`,
    );
    await requested;
    return socket;
  }

  it('is refused when the client left before it was read', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    waitBefore = (request) => (closed = once(request.raw, 'close').catch(() => undefined));
    const socket = await begin();
    socket.destroy();
    await closed;
    await new Promise(setImmediate);
    expect(await reading).toMatchObject({ code: 'malformed_body' });
  });

  it('is refused when the client leaves while it is read', async () => {
    waitBefore = () => Promise.resolve();
    const socket = await begin();
    await new Promise(setImmediate);
    socket.destroy();
    expect(await reading).toMatchObject({ code: 'malformed_body' });
  });
});
