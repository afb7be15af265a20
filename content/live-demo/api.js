/** The routes of the server that the page uses. */

/** The address of the server, also below a path. */
const BASE = new URL('../../', import.meta.url);

/** An answer of the server that is no success. */
export class ApiError extends Error {
  constructor(status, body) {
    super(body?.message ?? body?.error_description ?? `The server answered ${status}.`);
    this.code = body?.code ?? body?.error ?? String(status);
  }
}

async function request(path, options) {
  const response = await fetch(new URL(path, BASE), options);
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, body);
  return body;
}

/** Returns an access token. An account with a second factor cannot sign in here. */
export async function signIn(username, password) {
  const body = new URLSearchParams({ grant_type: 'password', username, password });
  const { access_token: token } = await request('api/auth/token', { method: 'POST', body });
  if (!token) throw new Error('This account has a second factor. Use an access token.');
  return token;
}

function call(token, method, path, body) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  return request(`api/live/${path}`, { method, headers, body: body && JSON.stringify(body) });
}

/** Returns the new session, or the active one with a new ticket. */
export const startSession = (token, settings) => call(token, 'POST', 'session/start', settings);

export const readQuota = (token) => call(token, 'GET', 'quota');
