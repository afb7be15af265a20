import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { toErrorResponse } from '../errors/error-mapping.js';
import { type ErrorFactory, platformErrors } from '../errors/index.js';
import { newId } from '../kernel/ids.js';

const ERRORS_BY_NODE_CODE: Readonly<Record<string, ErrorFactory>> = {
  HPE_HEADER_OVERFLOW: platformErrors.headers_too_large,
  ERR_HTTP_REQUEST_TIMEOUT: platformErrors.request_timeout,
};

const REASON_PHRASES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/**
 * Handles requests that Node.js would refuse without a body. A request without `Host` is malformed. An unknown `Expect` header
 * is ignored.
 */
export function answerMalformedRequests(fastify: FastifyInstance): void {
  const { server } = fastify;
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  fastify.addHook('onRequest', ({ raw, headers }, _reply, done) => {
    const lacksHost = raw.httpVersion === '1.1' && headers.host === undefined;
    done(lacksHost ? platformErrors.malformed_request() : undefined);
  });
}

/** Sends an error body for bytes that Node.js cannot parse as a request, and closes the connection. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, body } = toErrorResponse(
    (ERRORS_BY_NODE_CODE[error.code ?? ''] ?? platformErrors.malformed_request)(),
  );
  const id = newId();
  const json = JSON.stringify({ ...body, request_id: id });
  const headerLines = [
    `HTTP/1.1 ${status} ${REASON_PHRASES[status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(json)}`,
    `X-Request-ID: ${id}`,
    'Cache-Control: no-store',
    'Connection: close',
  ];
  socket.end(`${headerLines.join('\r\n')}\r\n\r\n${json}`);
}
