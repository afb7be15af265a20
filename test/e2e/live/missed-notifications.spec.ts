import { LiveSocketMonitor } from '@/modules/live/socket/live-socket.monitor.js';
import type { FakeProvider } from '@scripts/fake-provider.js';
import { type AiApp, givenAiApp } from '@test/support/ai/ai-app.js';
import type { TestApp } from '@test/support/app/test-app.js';
import { enableTwoFactor } from '@test/support/auth/given-users.js';
import { FaultyDatabaseProxy } from '@test/support/database/faulty-database-proxy.js';
import { expectStatus } from '@test/support/http/responses.js';
import { givenLiveSession } from '@test/support/live/live-sessions.js';
import { LiveSocketClient } from '@test/support/live/live-socket-client.js';
import {
  givenMember,
  givenOwnerWithId,
  givenUserWithId,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

/** The first process loses the connection on which it hears which process has a session. */
describe('a live session whose move a process has missed', () => {
  let ai: AiApp;
  let model: FakeProvider;
  let proxy: FaultyDatabaseProxy;
  let deaf: TestApp;
  let other: TestApp;

  beforeAll(async () => {
    ai = await givenAiApp(['model']);
    model = ai.fakeProviders.model as FakeProvider;
    other = ai.app;
    proxy = await FaultyDatabaseProxy.start(other.databaseUrl);
    deaf = await ai.startSibling({ DATABASE_URL: proxy.url });
  });
  afterEach(() => proxy.restore());
  afterAll(async () => {
    await ai.stop();
    await proxy.close();
  });

  async function givenUser(): Promise<UserWithId> {
    const user = await givenUserWithId(other);
    await givenLiveSession(other, user);
    return user;
  }

  async function open(at: TestApp, { accessToken: token }: UserWithId): Promise<LiveSocketClient> {
    const client = await LiveSocketClient.open(at, { token });
    await client.waitFor('session.ready');
    return client;
  }

  async function ask(client: LiveSocketClient, text: string, answer: string): Promise<void> {
    model.script({ text: answer.match(/\S+\s*/gu) ?? [] });
    const from = client.events.length;
    client.send('text.input', { text });
    await client.waitFor('turn.ended', from);
  }

  /** Returns the turns of the last request to the model. */
  function prompt(): string[] {
    const { messages } = model.requests.at(-1)?.body as { messages: { role: string; content: string }[] };
    return messages.filter(({ role }) => role !== 'system').map(({ role, content }) => `${role}: ${content}`);
  }

  /** The next heartbeat, 15 seconds later, would close the socket as well. */
  async function closedAfterRestore(client: LiveSocketClient): Promise<{ code: number; reason: string }> {
    const since = performance.now();
    proxy.restore();
    const closing = await client.closed;
    expect(performance.now() - since).toBeLessThan(5_000);
    return closing;
  }

  const numbersOf = ({ events }: LiveSocketClient): number[] => events.map(({ seq }) => seq);

  it.each(['is lost', 'is open'])('goes on where it was when the first socket %s', async (state) => {
    const user = await givenUser();
    const first = await open(deaf, user);
    await ask(first, 'I am Zoe.', 'Hello Zoe.');
    proxy.cut();
    if (state === 'is lost') first.socket.terminate();
    const second = await open(other, user);
    await ask(second, 'Who am I?', 'You are Zoe.');
    second.socket.terminate();
    const third = await open(deaf, user);
    await ask(third, 'Really?', 'Yes.');
    const numbers = [first, second, third].flatMap(numbersOf);
    expect(third.events[0]?.seq).toBeGreaterThan(second.events.at(-1)?.seq ?? 0);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(prompt().slice(2)).toEqual(['user: Who am I?', 'assistant: You are Zoe.', 'user: Really?']);
    third.send('session.resume', { last_seq: second.events[0]?.seq });
    const resent = third.events.length;
    await third.waitFor(
      ({ type, data }) => type === 'session.resync' || data.heard_text === 'You are Zoe.',
      resent,
    );
    await third.close();
  });

  it('leaves the process when it hears again', async () => {
    const user = await givenUser();
    const first = await open(deaf, user);
    model.script({ text: ['One, ', 'two, ', 'three.'], hold: 1 });
    first.send('text.input', { text: 'Count.' });
    await first.waitFor('ai.text');
    proxy.cut();
    const second = await open(other, user);
    expect(await closedAfterRestore(first)).toEqual({ code: 4409, reason: 'replaced' });
    expect(first.types().slice(-2)).toEqual(['ai.text', 'session.ending']);
    model.releaseHeld();
    const third = await open(deaf, user);
    await ask(third, 'Go on.', 'Two.');
    expect(prompt()).toEqual(['user: Count.', 'assistant: One, ', 'user: Go on.']);
    expect(Math.min(...numbersOf(third))).toBeGreaterThan(Math.max(...numbersOf(second)));
    await third.close();
  });

  it('closes when its end was missed', async () => {
    const user = await givenUser();
    const first = await open(deaf, user);
    proxy.cut();
    const { session_id } = (await first.waitFor('session.ready')).data;
    const { status } = await other.post('/api/live/session/end', { session_id }, { token: user.accessToken });
    expect(status).toBe(200);
    expect((await closedAfterRestore(first)).code).toBe(1000);
  });

  it('closes when it was missed that the organization requires a second factor', async () => {
    const owner = await givenOwnerWithId(other);
    await enableTwoFactor(other, owner, 'totp');
    const member = await givenMember(other, { organizationId: owner.organizationId, by: owner });
    await givenLiveSession(other, member);
    const client = await open(deaf, member);
    await deaf.nest.get(LiveSocketMonitor, { strict: false }).check(); // of what it has heard so far
    proxy.cut();
    const { accessToken: token } = owner;
    await expectStatus(200, other.patch('/api/v1/organization', { enforce_2fa: true }, { token }));
    expect((await closedAfterRestore(client)).code).toBe(4401);
  });
});
