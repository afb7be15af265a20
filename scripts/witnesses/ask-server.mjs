// Asks this server, with a witness as its provider.
const jsonHeaders = { 'content-type': 'application/json' };

/** Creates an account; returns its token. */
export async function signUp(url) {
  const account = {
    username: 'witness',
    email: 'witness@example.com',
    password: 'otters juggle nine lanterns',
  };
  await fetch(`${url}/api/auth/register`, {
    method: 'POST',
    headers: jsonHeaders,
    body: JSON.stringify(account),
  });
  const form = new URLSearchParams({ username: account.username, password: account.password });
  const response = await fetch(`${url}/api/auth/token`, { method: 'POST', body: form });
  return (await response.json()).access_token;
}

/** Returns `{ answer }` or `{ error }`, and the text of the deltas of a stream. */
export async function askServer({ url, token }, { provider, model, question, stream }) {
  const response = await fetch(`${url}/api/ai/generate`, {
    method: 'POST',
    headers: { ...jsonHeaders, authorization: `Bearer ${token}` },
    body: JSON.stringify({ message: question, provider, model, stream }),
  });
  const text = await response.text();
  if (!response.headers.get('content-type').startsWith('text/event-stream')) {
    const body = JSON.parse(text);
    return response.ok ? { answer: body } : { error: toError(response.status, body) };
  }
  return readEvents(text);
}

/** The code and the message of an error, with the reasons of the providers. */
function toError(status, { code, detail }) {
  const reasons = (detail?.providers ?? []).map(({ reason }) => reason);
  return { status, code, message: [detail?.message ?? detail, ...reasons].join(' ') };
}

/** The last event of a stream is `done` or `error`. */
function readEvents(text) {
  const events = text.split('\n\n').flatMap((block) => {
    const name = /^event: (.*)$/m.exec(block)?.[1];
    return name ? [{ name, data: JSON.parse(/^data: (.*)$/m.exec(block)[1]) }] : [];
  });
  const streamed = events
    .filter(({ name }) => name === 'delta')
    .map(({ data }) => data.content)
    .join('');
  const last = events.at(-1);
  if (last?.name === 'done') return { answer: last.data, streamed };
  if (last?.name === 'error') return { error: toError(200, last.data), streamed };
  return { streamed };
}

/** Returns the models that the server lists for a provider, or the reason why it lists none. */
export async function listServerModels({ url, token }, provider) {
  const response = await fetch(`${url}/api/ai/providers`, { headers: { authorization: `Bearer ${token}` } });
  const { providers } = await response.json();
  const found = providers.find(({ id }) => id === provider);
  return { models: found?.models ?? [], reason: found?.reason };
}
