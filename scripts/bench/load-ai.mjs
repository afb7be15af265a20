// The load on language models: answers whole, and answers as streams.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from './http-connection.mjs';
import { StreamConnection } from './stream-connection.mjs';

export const aiJobs = {
  /** `width` connections, each asking again and again. */
  ask: async ({ url, path, headers, body, width, seconds }) => {
    const connections = await opened(Connection, url, width);
    const lines = Object.entries(headers).map(([name, value]) => `\r\n${name}: ${value}`);
    const type = `application/json${lines.join('')}`;
    return repeat(connections, seconds, (connection) => connection.post(path, type, body));
  },

  /**
   * The same with streams; also the times to the first content and to the end, in milliseconds. With `spread`
   * milliseconds their beginnings are spread out, as those of people are, instead of coming all at once.
   */
  stream: async ({ url, path, headers, body, width, seconds, spread = 0 }) => {
    const connections = await opened(StreamConnection, url, width);
    const times = [];
    const result = await repeat(connections, seconds, async (connection, index, round) => {
      if (round === 0) await pause((spread * index) / width);
      times.push(await connection.post(path, headers, body));
    });
    const of = (key, share) =>
      times.map((time) => time[key]).sort((a, b) => a - b)[Math.floor(times.length * share)];
    return { ...result, firstP50: of('first', 0.5), firstP99: of('first', 0.99), totalP50: of('total', 0.5) };
  },
};

async function opened(Kind, url, width) {
  const connections = Array.from({ length: width }, () => new Kind(url));
  await Promise.all(connections.map(({ socket }) => once(socket, 'connect')));
  return connections;
}

async function repeat(connections, seconds, act) {
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
