// The load on language models: JSON answers and streamed answers.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { HttpConnection } from './http-connection.mjs';
import { StreamConnection } from './stream-connection.mjs';

export const aiJobs = {
  /** Sends one request after the other on each of `width` connections. */
  ask: async ({ url, path, headers, body, width, seconds }) => {
    const connections = await openConnections(HttpConnection, url, width);
    const lines = Object.entries(headers).map(([name, value]) => `\r\n${name}: ${value}`);
    const type = `application/json${lines.join('')}`;
    return repeat(connections, seconds, (connection) => connection.post(path, type, body));
  },

  /**
   * The same with streams; also returns the times to the first content and to the end, in milliseconds. The first
   * requests of the connections are spread over `spread` milliseconds. `headers` may be a list that connections share.
   */
  stream: async ({ url, path, headers, body, width, seconds, spread = 0 }) => {
    const connections = await openConnections(StreamConnection, url, width);
    const times = [];
    const result = await repeat(connections, seconds, async (connection, index, round) => {
      if (round === 0) await pause((spread * index) / width);
      const own = Array.isArray(headers) ? headers[index % headers.length] : headers;
      times.push(await connection.post(path, own, body));
    });
    const percentile = (key, share) =>
      times.map((time) => time[key]).sort((a, b) => a - b)[Math.floor(times.length * share)];
    return {
      ...result,
      firstP50: percentile('first', 0.5),
      firstP99: percentile('first', 0.99),
      totalP50: percentile('total', 0.5),
    };
  },
};

/** Returns `width` connections of a class, all established. */
export async function openConnections(Kind, url, width) {
  const connections = Array.from({ length: width }, () => new Kind(url));
  await Promise.all(connections.map(({ socket }) => once(socket, 'connect')));
  return connections;
}

/** Repeats `act` on each connection until the time is up, at least once. Closes the connections. */
export async function repeat(connections, seconds, act) {
  const start = performance.now();
  let requests = 0;
  const loop = async (connection, index) => {
    let round = 0;
    do {
      await act(connection, index, round);
      round += 1;
      requests += 1;
    } while (performance.now() - start < seconds * 1000);
  };
  await Promise.all(connections.map(loop));
  const taken = (performance.now() - start) / 1000;
  connections.forEach((connection) => connection.close());
  return { requests, seconds: taken };
}
