// The load on live sessions: heartbeats over HTTP, many sockets, and turns with audio.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { HttpConnection } from './http-connection.mjs';
import { openConnections, repeat } from './load-ai.mjs';

const JSON_TYPE = 'application/json';
const HEARTBEAT = '/api/live/session/heartbeat';
const TURN_GIVES_UP_MS = 10_000;

/** Sockets stay open from one job to the next. */
const sockets = [];

const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

const beatBody = (session) => JSON.stringify({ session_id: session.id });
const withToken = ({ token }) => `${JSON_TYPE}\r\nAuthorization: Bearer ${token}`;

export const liveJobs = {
  /** Sends heartbeats repeatedly, on one connection per session. */
  heartbeat: async ({ url, sessions, seconds }) => {
    const connections = await openConnections(HttpConnection, url, sessions.length);
    return repeat(connections, seconds, (connection, index) =>
      connection.post(HEARTBEAT, withToken(sessions[index]), beatBody(sessions[index])),
    );
  },

  /** Opens a socket with the ticket of each session, `width` at a time. */
  openSockets: async ({ url, sessions, width = 20 }) => {
    const left = [...sessions];
    const open = async () => {
      for (let session = left.pop(); session; session = left.pop()) {
        const socket = new WebSocket(`${url.replace('http', 'ws')}/api/live/socket?ticket=${session.ticket}`);
        await once(socket, 'open');
        sockets.push(socket);
      }
    };
    await Promise.all(Array.from({ length: width }, open));
    return { open: sockets.length };
  },

  /** Each session sends a heartbeat over HTTP every 15 seconds, spread evenly. Returns their times in milliseconds. */
  paceHeartbeats: async ({ url, sessions, seconds, width = 8 }) => {
    const connections = await openConnections(HttpConnection, url, width);
    const free = [...connections];
    const times = [];
    const gap = 15_000 / sessions.length;
    const began = performance.now();
    const running = new Set();
    for (let beat = 0; beat * gap < seconds * 1000; beat += 1) {
      await pause(Math.max(0, began + beat * gap - performance.now()));
      const session = sessions[beat % sessions.length];
      const due = began + beat * gap;
      const send = async () => {
        const connection = free.pop() ?? (await openConnections(HttpConnection, url, 1))[0];
        await connection.post(HEARTBEAT, withToken(session), beatBody(session));
        times.push(performance.now() - due);
        free.push(connection);
      };
      const sent = send().finally(() => running.delete(sent));
      running.add(sent);
    }
    await Promise.all(running);
    free.forEach((connection) => connection.close());
    const stillOpen = sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
    return {
      requests: times.length,
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
      open: stillOpen,
    };
  },

  closeSockets: async () => {
    await Promise.all(
      sockets.splice(0).map((socket) => {
        const closed = once(socket, 'close');
        socket.close();
        return closed;
      }),
    );
    return {};
  },

  /** Sends turns by text one after the other. Returns the milliseconds from each to the first audio of its answer. */
  firstAudio: async ({ url, session, turns }) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/live/socket?ticket=${session.ticket}`);
    await once(socket, 'open');
    const times = [];
    for (let turn = 0; turn < turns; turn += 1) {
      const first = nextBinary(socket);
      const began = performance.now();
      socket.send(JSON.stringify({ type: 'text.input', data: { text: `Tell me about foxes, ${turn}.` } }));
      times.push((await first) - began);
      socket.send(JSON.stringify({ type: 'interrupt' }));
      await pause(300);
    }
    socket.close();
    return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
  },
};

/** Returns when the next binary frame arrives. */
function nextBinary(socket) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('No audio came.')), TURN_GIVES_UP_MS);
    const listen = (data, isBinary) => {
      if (!isBinary) return;
      clearTimeout(timer);
      socket.off('message', listen);
      resolve(performance.now());
    };
    socket.on('message', listen);
  });
}
