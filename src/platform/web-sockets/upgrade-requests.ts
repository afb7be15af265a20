import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Configuration of a route that answers with a WebSocket. */
export interface WebSocketRouteConfig {
  webSocket?: true;
}

/** The connection of a request that asks for a WebSocket. */
export interface UpgradeConnection {
  socket: Socket;
  response: ServerResponse;
  /** What the client has sent after the request. */
  head: Buffer;
}

const connections = new WeakMap<IncomingMessage, UpgradeConnection>();

/** Returns the connection of a request that asks for a WebSocket; undefined for every other request. */
export function getUpgradeConnection(request: IncomingMessage): UpgradeConnection | undefined {
  return connections.get(request);
}

/**
 * Passes requests for a WebSocket through the hooks and guards of their route, so that they are refused as every other request is:
 * with a status and an error body. Node.js takes each request with an `Upgrade` header from its HTTP parser once there is
 * a listener. So requests for other protocols, such as the `h2c` that HTTP clients of Java offer, are given back to it.
 */
export function routeUpgradeRequests(fastify: FastifyInstance): void {
  const paths = new Set<string>();
  fastify.addHook('onRoute', ({ url, config }) => {
    if ((config as WebSocketRouteConfig | undefined)?.webSocket) paths.add(url);
  });
  fastify.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (!isForWebSocket(request, paths)) return returnToParser(fastify.server, request, socket, head);
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => socket.destroySoon());
    connections.set(request, { socket, response, head });
    fastify.routing(request, response);
  });
}

function isForWebSocket({ method, url = '', headers }: IncomingMessage, paths: Set<string>): boolean {
  const path = url.replace(/\?.*$/s, '').replace(/(?<=.)\/$/, '');
  return method === 'GET' && headers.upgrade?.trim().toLowerCase() === 'websocket' && paths.has(path);
}

const UPGRADE_HEADERS = ['upgrade', 'http2-settings'];

/** Lets the HTTP server read the request again, without its `Upgrade` header. */
function returnToParser(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(index, index + 2);
    const kept = name.toLowerCase() === 'connection' ? withoutUpgrade(value) : value;
    if (!UPGRADE_HEADERS.includes(name.toLowerCase()) && kept !== null) lines.push(`${name}: ${kept}`);
  }
  server.emit('connection', socket);
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  socket.resume();
}

/** Returns the value of a `Connection` header without the names of removed headers; null when no other is left. */
function withoutUpgrade(value: string): string | null {
  const kept = value.split(',').filter((name) => !UPGRADE_HEADERS.includes(name.trim().toLowerCase()));
  return kept.length === 0 ? null : kept.join(',');
}
