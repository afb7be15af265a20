// The load, in a process of its own: takes one job at a time over IPC, answers `{ requests, seconds }` and what
// the next job needs. Tokens and logins are followed to their last answer: a refresh token whose answer was cut
// off would be spent without its successor being known.
import { once } from 'node:events';
import autocannon from 'autocannon';
import { Connection } from './http-connection.mjs';
import { aiJobs } from './load-ai.mjs';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

const jobs = {
  ...aiJobs,

  /** One connection per token, each asking for `path` again and again. */
  get: async ({ url, path, tokens, seconds }) => {
    let next = 0;
    const setupClient = (client) =>
      client.setHeaders({ authorization: `Bearer ${tokens[next++].access_token}` });
    const target = { url: `${url}${path}`, connections: tokens.length, duration: seconds };
    const { non2xx, errors, duration, requests } = await autocannon({ ...target, setupClient });
    if (non2xx > 0 || errors > 0) throw new Error(`${path}: ${non2xx} refused, ${errors} failed`);
    return { requests: requests.total, seconds: duration };
  },

  /** One connection per session; each token is spent on the next. Answers the tokens that are alive at the end. */
  refresh: async ({ url, tokens, seconds }) => {
    const alive = [...tokens];
    const result = await repeat(tokens.length, seconds, url, async (connection, index) => {
      const body = JSON.stringify({ refresh_token: alive[index].refresh_token });
      alive[index] = await connection.post('/api/auth/refresh', JSON_TYPE, body);
    });
    return { ...result, tokens: alive };
  },

  /** One connection per person, each logging in at `path` again and again. Answers the last tokens of each. */
  login: async ({ url, path, users, password, seconds }) => {
    const tokens = [];
    const result = await repeat(users.length, seconds, url, async (connection, index) => {
      const form = new URLSearchParams({ username: users[index], password });
      tokens[index] = await connection.post(path, FORM, form.toString());
    });
    return { ...result, tokens };
  },
};

/** `width` loops side by side, each at least once and until the time is up. */
async function repeat(width, seconds, url, act) {
  const connections = Array.from({ length: width }, () => new Connection(url));
  await Promise.all(connections.map((connection) => once(connection.socket, 'connect')));
  const start = performance.now();
  let requests = 0;
  const loop = async (connection, index) => {
    do {
      await act(connection, index);
      requests += 1;
    } while (performance.now() - start < seconds * 1000);
  };
  await Promise.all(connections.map(loop));
  const taken = (performance.now() - start) / 1000;
  connections.forEach((connection) => connection.close());
  return { requests, seconds: taken };
}

process.on('message', ({ id, kind, ...job }) => {
  jobs[kind](job).then(
    (answer) => process.send({ id, answer }),
    (error) => process.send({ id, error: String(error) }),
  );
});
