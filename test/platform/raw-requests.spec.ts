import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { TestApp } from '../support/app/test-app.js';

describe('what is not even a request', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
    await app.nest.listen(0, '127.0.0.1');
  });
  afterAll(() => app.stop());

  /** Sends bytes as they are and answers everything that comes back. */
  function sendBytes(bytes: string): Promise<string> {
    const { port } = app.nest.getHttpServer().address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      let answer = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
      socket.once('end', () => resolve(answer)).once('error', reject);
    });
  }

  it.each([
    ['no host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'malformed_request'],
    ['noise', 'this is no HTTP\r\n\r\n', 400, 'malformed_request'],
    [
      'a header without a colon',
      'GET /api/auth/me HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'two lengths',
      'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'huge headers',
      `GET / HTTP/1.1\r\nHost: x\r\nX-Huge: ${'x'.repeat(40_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
  ])('answers %s in the shape of every other error', async (_name, bytes, status, code) => {
    const [head = '', body = ''] = (await sendBytes(bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const answer = JSON.parse(body) as { detail: { error: string }; code: string; request_id: string };
    expect(answer).toMatchObject({ detail: { error: code }, code });
    expect(head.toLowerCase()).toContain(`\r\nx-request-id: ${answer.request_id}`);
  });

  it.each([
    ['an unknown expectation', 'HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close'],
    ['no host in HTTP/1.0, which had none', 'HTTP/1.0'],
  ])('is not: %s', async (_what, head) => {
    const answer = await sendBytes(`GET /health/live ${head}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(answer).toMatch(/\r\nx-request-id: [\da-f-]{36}\r\n/i);
  });

  // The HTTP client of Java offers HTTP/2 in this way with its first request.
  it.each(['h2c', 'websocket', 'something/1.0'])(
    'takes a form that offers to go on with %s',
    async (protocol) => {
      const form = `username=nobody&password=${'x'.repeat(1_000)}`;
      const headers = [
        ...[
          'Host: x',
          `Upgrade: ${protocol}`,
          'HTTP2-Settings: AAMAAABkAAQBAAAAAAIAAAAA',
          `Content-Length: ${form.length}`,
        ],
        ...['Connection: close, Upgrade, HTTP2-Settings', 'Content-Type: application/x-www-form-urlencoded'],
      ];
      const answer = await sendBytes(
        `POST /api/auth/token HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${form}`,
      );
      expect(answer).toMatch(/^HTTP\/1.1 401 /);
      expect(answer).toContain('"credentials_invalid"');
    },
  );

  it.each(['/api/live/nothing', '/nothing?ticket=1'])(
    'refuses a WebSocket at %s as HTTP does',
    async (path) => {
      const headers = ['Host: x', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
      const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
      const request = `GET ${path} HTTP/1.1\r\n${[...headers, key].join('\r\n')}\r\n\r\n`;
      const last = 'GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
      const answer = await sendBytes(request + last);
      expect(answer).toMatch(/^HTTP\/1.1 404 Not Found\r\n/);
      expect(answer).toContain('"code":"not_found"');
      expect(answer).toContain('HTTP/1.1 200 OK');
    },
  );

  it('goes on afterwards', async () => {
    expect((await app.get('/health/live')).status).toBe(200);
  });
});
