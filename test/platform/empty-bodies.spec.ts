import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { TestApp } from '../support/app/test-app.js';
import { givenUser } from '../support/auth/given-users.js';
import { buildPath, givenAuthorizedCaller } from '../support/http/invalid-input-callers.js';
import { sendRaw } from '../support/http/invalid-input.js';
import { buildOpenApiDocument, getRequestBody, listOperations } from '../support/http/openapi-document.js';
import { expectStatus } from '../support/http/responses.js';

const TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'text/plain; charset=utf-8',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  ';;',
];

describe('an empty body', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
    await app.nest.listen(0, '127.0.0.1');
  });
  afterAll(() => app.stop());

  /** Sends a POST with these header lines and this body as they stand; returns the status. */
  function post(path: string, headers: string[], body: string): Promise<number> {
    const { port } = app.nest.getHttpServer().address() as AddressInfo;
    const head = [`POST ${path} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers];
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(`${head.join('\r\n')}\r\n\r\n${body}`));
      let answer = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
      socket.once('end', () => resolve(Number(answer.split(' ')[1]))).once('error', reject);
    });
  }

  const CHUNKED = 'Transfer-Encoding: chunked';

  it.each(TYPES)('of the type %s logs out', async (type) => {
    for (const [lengthHeader, body] of [
      ['Content-Length: 0', ''],
      [CHUNKED, '0\r\n\r\n'],
    ]) {
      const { accessToken } = await givenUser(app);
      const headers = [
        `Authorization: Bearer ${accessToken}`,
        `Content-Type: ${type}`,
        lengthHeader as string,
      ];
      expect([type, lengthHeader, await post('/api/auth/logout', headers, body as string)]).toEqual([
        type,
        lengthHeader,
        200,
      ]);
      await expectStatus(401, app.get('/api/auth/me', { token: accessToken }));
    }
  });

  it('is refused by no operation for its type', async () => {
    const document = buildOpenApiDocument(app);
    const refused: string[] = [];
    const shared = await givenAuthorizedCaller(app);
    for (const route of listOperations(document)) {
      if (route.method === 'GET' || /generate$/.test(route.path)) continue;
      const needsFields = (getRequestBody(route, document)?.required.length ?? 0) > 0;
      // What needs no field may succeed, and delete what the others need.
      const caller = needsFields ? shared : await givenAuthorizedCaller(app);
      const token = route.operation.security ? caller.token : undefined;
      const path = buildPath(route, caller);
      for (const type of needsFields ? TYPES : TYPES.slice(0, 2)) {
        const { statusCode } = await sendRaw(app, route.method, path, { payload: '', type, token });
        if (statusCode === 415 || statusCode >= 500) refused.push(`${route.name} ${type}: ${statusCode}`);
        if (needsFields && statusCode !== 400 && statusCode !== 404)
          refused.push(`${route.name} ${type}: ${statusCode} instead of 400`);
      }
    }
    expect(refused).toEqual([]);
  });

  it('is not one that begins late', async () => {
    const { accessToken } = await givenUser(app);
    const headers = [`Authorization: Bearer ${accessToken}`, 'Content-Type: text/plain', CHUNKED];
    expect(await post('/api/auth/logout', headers, '1\r\nx\r\n0\r\n\r\n')).toBe(415);
    const json = ['Content-Type: application/json', CHUNKED];
    expect(await post('/api/auth/logout', [headers[0] as string, ...json], '2\r\n{}\r\n0\r\n\r\n')).toBe(200);
  });

  it('is none where the client ends the connection within its body', async () => {
    const { accessToken } = await givenUser(app);
    const { port } = app.nest.getHttpServer().address() as AddressInfo;
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        const headers = ['Host: x', `Authorization: Bearer ${accessToken}`, CHUNKED];
        socket.write(`POST /api/auth/logout HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`, () => socket.end());
      });
      socket.once('close', () => resolve()).resume();
    });
    await expectStatus(200, app.get('/api/auth/me', { token: accessToken }));
  });
});
