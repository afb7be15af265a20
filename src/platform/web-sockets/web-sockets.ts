import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type WebSocket, WebSocketServer } from 'ws';
import { platformErrors } from '../errors/index.js';
import { getUpgradeConnection } from './upgrade-requests.js';

/** A larger message closes the socket with 1009. */
export const MAX_MESSAGE_BYTES = 128 * 1024;
/** How long a socket waits for the close frame of its client. */
const CLOSE_TIMEOUT_MS = 1_000;
const OPTIONS = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE_BYTES,
  maxFragments: 64,
  closeTimeout: CLOSE_TIMEOUT_MS,
};
const KEY = /^[+/0-9A-Za-z]{22}==$/;
const VERSION = '13';

/** Opens WebSockets for requests that passed the guards of their route, and closes them when the server shuts down. */
@Injectable()
export class WebSockets {
  private readonly drainHandlers: (() => void)[] = [];
  private readonly server = new WebSocketServer(OPTIONS);

  constructor() {
    this.server.on('wsClientError', () => undefined); // `accept` throws instead
  }

  /** Throws 426 `upgrade_required` for a request without an upgrade, and 400 for a malformed one. */
  assertUpgrade(reply: FastifyReply): void {
    const { raw: request } = reply.request;
    if (!getUpgradeConnection(request) || request.headers['sec-websocket-version'] !== VERSION) {
      void reply.header('Upgrade', 'websocket').header('Sec-WebSocket-Version', VERSION);
      throw platformErrors.upgrade_required();
    }
    if (!KEY.test(request.headers['sec-websocket-key'] ?? '')) throw platformErrors.malformed_request();
  }

  /** Opens the socket; the reply is not used any more. Throws the errors of `assertUpgrade`. */
  accept(reply: FastifyReply): WebSocket {
    this.assertUpgrade(reply);
    const { raw: request } = reply.request;
    const connection = getUpgradeConnection(request);
    if (!connection) throw platformErrors.upgrade_required();
    const socket = this.open(request, connection.head);
    reply.hijack();
    connection.response.detachSocket(connection.socket);
    return socket;
  }

  /** Registers a handler that closes the sockets of a module. */
  onDrain(close: () => void): void {
    this.drainHandlers.push(close);
  }

  drain(): void {
    this.drainHandlers.forEach((close) => close());
  }

  private open(request: IncomingMessage, head: Buffer): WebSocket {
    let opened: WebSocket | undefined;
    // Calls back at once, or emits `wsClientError` for a malformed request.
    this.server.handleUpgrade(request, request.socket, head, (socket) => (opened = socket));
    if (!opened) throw platformErrors.malformed_request();
    return opened;
  }
}
