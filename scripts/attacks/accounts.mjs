// Creates the accounts and rows of the attacks over HTTP.
import { setTimeout as pause } from 'node:timers/promises';

const PASSWORD = 'correct-horse-battery';
const QUIET_PAUSE_MS = 2_000;

export async function callJson(url, path, { token, body }) {
  const response = await fetch(`${url}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Returns the access token of a new account that owns an organization. */
export async function registerAccount(url, name) {
  const body = {
    email: `${name}@example.com`,
    password: PASSWORD,
    company_name: name,
    first_name: name,
    last_name: 'Test',
  };
  return (await callJson(url, '/api/v1/auth/register', { body })).access_token;
}

export async function createNotes(url, token, count, content) {
  for (let index = 0; index < count; index += 1)
    await callJson(url, '/api/core/notes', { token, body: { content } });
}

/** Waits until the server has finished the work of the preparation. */
export async function waitUntilQuiet(url) {
  await pause(QUIET_PAUSE_MS);
  await fetch(`${url}/health/ready`);
}
