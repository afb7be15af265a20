// The load, a separate process: it takes one job at a time over IPC and returns `{ requests, seconds }` and what the next
// job needs. Refreshes and logins wait for their last response: if a refresh were cut off, its token would be consumed
// and the next token unknown.
import autocannon from 'autocannon';
import { HttpConnection } from './http-connection.mjs';
import { aiJobs, openConnections, repeat } from './load-ai.mjs';
import { liveJobs } from './load-live.mjs';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

const jobs = {
  ...aiJobs,
  ...liveJobs,

  /** Requests `path` repeatedly, on one connection per token. */
  get: async ({ url, path, tokens, seconds }) => {
    let next = 0;
    const setupClient = (client) =>
      client.setHeaders({ authorization: `Bearer ${tokens[next++].access_token}` });
    const target = { url: `${url}${path}`, connections: tokens.length, duration: seconds };
    const { non2xx, errors, duration, requests } = await autocannon({ ...target, setupClient });
    if (non2xx > 0 || errors > 0)
      throw new Error(`${path}: ${non2xx} responses other than 2xx, ${errors} errors`);
    return { requests: requests.total, seconds: duration };
  },

  /** Refreshes repeatedly, on one connection per session. Returns the last token pairs. */
  refresh: async ({ url, tokens, seconds }) => {
    const latest = [...tokens];
    const connections = await openConnections(HttpConnection, url, tokens.length);
    const result = await repeat(connections, seconds, async (connection, index) => {
      const body = JSON.stringify({ refresh_token: latest[index].refresh_token });
      latest[index] = await connection.post('/api/auth/refresh', JSON_TYPE, body);
    });
    return { ...result, tokens: latest };
  },

  /** Logs in at `path` repeatedly, on one connection per user. Returns the last token pair of each. */
  login: async ({ url, path, users, password, seconds }) => {
    const tokens = [];
    const connections = await openConnections(HttpConnection, url, users.length);
    const result = await repeat(connections, seconds, async (connection, index) => {
      const form = new URLSearchParams({ username: users[index], password });
      tokens[index] = await connection.post(path, FORM, form.toString());
    });
    return { ...result, tokens };
  },
};

process.on('message', ({ id, kind, ...job }) => {
  jobs[kind](job).then(
    (answer) => process.send({ id, answer }),
    (error) => process.send({ id, error: String(error) }),
  );
});
