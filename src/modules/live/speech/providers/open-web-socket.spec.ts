import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { openWebSocket } from './open-web-socket.js';

const ADDRESS = new URL('ws://realtime.invalid:9000/v1/realtime');
const listen = async (server: Server): Promise<number> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
};

describe('a web socket behind a proxy', () => {
  let target: Server;
  let proxy: Server;
  let ports: { target: number; proxy: number };
  const sockets = new WebSocketServer({ noServer: true });
  const tunnels: IncomingMessage[] = [];
  const clients: Socket[] = [];
  /** What the proxy does with a tunnel. */
  let answer: (client: Socket) => void;
  /** What the server behind it answers. */
  let refusal: string | undefined;

  beforeEach(async () => {
    tunnels.length = clients.length = 0;
    refusal = undefined;
    answer = (client) => {
      const upstream = connect(ports.target, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.pipe(upstream).pipe(client);
      });
      upstream.on('error', () => client.destroy());
    };
    target = createServer().on('upgrade', (request, socket, head) => {
      if (refusal) socket.end(`HTTP/1.1 ${refusal}\r\nContent-Length: 0\r\n\r\n`);
      else
        sockets.handleUpgrade(request, socket, head, (client) =>
          client.on('message', () => client.send(String(request.url))),
        );
    });
    proxy = createServer().on('connect', (request, client: Socket) => {
      tunnels.push(request);
      clients.push(client.on('error', () => undefined).on('end', () => client.end()));
      answer(client);
    });
    ports = { target: await listen(target), proxy: await listen(proxy) };
  });
  afterEach(() => {
    for (const client of clients) client.destroy();
    for (const client of sockets.clients) client.terminate();
    target.close();
    proxy.close();
  });

  const open = (
    address = ADDRESS,
    { timeoutMs = 10_000, signal = new AbortController().signal } = {},
  ): Promise<WebSocket> => {
    const options = { headers: { authorization: 'Bearer sk-speech' } };
    const proxies = { httpProxy: `http://user:p%40ss@127.0.0.1:${ports.proxy}` };
    return openWebSocket(address, { options, proxies, timeoutMs, signal });
  };
  const closedClient = async (): Promise<void> => {
    const [client] = clients;
    if (client && !client.destroyed) await once(client.resume(), 'close');
  };

  it('is opened through it, and the key of the server is not shown to it', async () => {
    const socket = await open();
    socket.send('Where?');
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(String(message)).toBe('/v1/realtime');
    expect(
      tunnels.map(({ url, headers }) => [url, headers['proxy-authorization'], headers.authorization]),
    ).toEqual([['realtime.invalid:9000', `Basic ${Buffer.from('user:p@ss').toString('base64')}`, undefined]]);
  });

  it('is opened directly on the loopback interface', async () => {
    await open(new URL(`ws://127.0.0.1:${ports.target}/direct`));
    expect(tunnels).toEqual([]);
  });

  it.each([['407 Proxy Authentication Required'], ['403 Forbidden'], ['502 Bad Gateway']])(
    'is unreachable when the proxy answers %s',
    async (status) => {
      answer = (client) => client.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
      await expect(open()).rejects.toMatchObject({ reason: 'unreachable' });
    },
  );

  it.each([
    ['401 Unauthorized', 'key_rejected'],
    ['429 Too Many Requests', 'rate_limited'],
    ['500 Internal Server Error', 'server_error'],
  ])('has the failure of a server behind it that answers %s', async (status, reason) => {
    refusal = status;
    await expect(open()).rejects.toMatchObject({ reason });
  });

  it('is given up when the proxy does not answer, with its connection', async () => {
    answer = () => undefined;
    await expect(open(ADDRESS, { timeoutMs: 100 })).rejects.toMatchObject({ reason: 'unreachable' });
    await closedClient();
  });

  it('is given up when the proxy hangs up, and when there is none', async () => {
    answer = (client) => client.destroy();
    await expect(open()).rejects.toMatchObject({ reason: 'unreachable' });
    proxy.close();
    await once(proxy, 'close');
    await expect(open()).rejects.toMatchObject({ reason: 'unreachable' });
  });

  it('is given up when the caller aborts, with its connection', async () => {
    const aborter = new AbortController();
    answer = () => aborter.abort(new Error('The talk has ended.'));
    await expect(open(ADDRESS, { signal: aborter.signal })).rejects.toThrow('The talk has ended.');
    await closedClient();
    await expect(open(ADDRESS, { signal: aborter.signal })).rejects.toThrow('The talk has ended.');
  });
});
