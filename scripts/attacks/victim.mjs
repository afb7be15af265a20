// The other account: requests its profile from another loopback address, one request after the other.
import { Agent, get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const ADDRESS = '127.0.0.2';
const PAUSE_MS = 5;

/** Returns percentiles in milliseconds, and how many requests got another response than 200. */
export async function measureProfile(url, token, seconds) {
  const agent = new Agent({ keepAlive: true, localAddress: ADDRESS });
  const durations = [];
  let refusals = 0;
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await pause(PAUSE_MS)) {
    const began = performance.now();
    if ((await requestProfile(url, token, agent)) !== 200) refusals += 1;
    durations.push(performance.now() - began);
  }
  agent.destroy();
  durations.sort((one, other) => one - other);
  const percentile = (share) => Math.round(durations[Math.ceil(durations.length * share) - 1] * 10) / 10;
  return {
    p50: percentile(0.5),
    p99: percentile(0.99),
    max: percentile(1),
    refusals,
    requests: durations.length,
  };
}

function requestProfile(url, token, agent) {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}` };
    get(`${url}/api/auth/me`, { agent, headers }, (response) => {
      response
        .resume()
        .on('end', () => resolve(response.statusCode))
        .on('error', () => resolve(0));
    }).on('error', () => resolve(0));
  });
}
