import { LiveSocketsRegistry } from '@/modules/live/socket/live-sockets.registry.js';
import { waitUntil } from '@test/support/app/server-process.js';
import { TestApp } from '@test/support/app/test-app.js';
import { givenLiveSession } from '@test/support/live/live-sessions.js';
import { LiveSocketClient } from '@test/support/live/live-socket-client.js';
import { givenUserWithId, type UserWithId } from '@test/support/organizations/given-organizations.js';

/** The bound of the server for one client, and one frame more. */
const MAX_UNSENT_BYTES = 1024 * 1024 + 64 * 1024;
/** More than the buffers of the operating system take. */
const REPETITIONS = 1_000;

describe('a client that never reads', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  async function open(user: UserWithId): Promise<LiveSocketClient> {
    const client = await LiveSocketClient.open(app, { token: user.accessToken });
    await client.waitFor('session.ready');
    return client;
  }

  /** Returns the socket of the server. */
  function findConnection(sessionId: string): { unsentBytes: number } | null {
    const talk = app.nest.get(LiveSocketsRegistry, { strict: false }).find(sessionId);
    const connection = talk?.connection as unknown as
      { socket: { bufferedAmount: number } } | null | undefined;
    return connection ? { unsentBytes: connection.socket.bufferedAmount } : null;
  }

  it('is cut before much memory is used, and others notice nothing', async () => {
    const [slow, other] = [await givenUserWithId(app), await givenUserWithId(app)];
    const id = await givenLiveSession(app, slow);
    await givenLiveSession(app, other);
    const [first, neighbour] = [await open(slow), await open(other)];
    first.send('text.input', { text: '😀'.repeat(8_000) });
    await first.waitFor('turn.ended');
    first.socket.terminate();

    const client = await open(slow);
    client.socket.pause();
    let largest = 0;
    for (let count = 0; count < REPETITIONS && findConnection(id); count += 1) {
      client.send('session.resume', { last_seq: 1 });
      if (count % 20 > 0) continue;
      await new Promise(setImmediate);
      largest = Math.max(largest, findConnection(id)?.unsentBytes ?? 0);
    }
    const since = performance.now();
    neighbour.send('ping', { id: 'still here' });
    await neighbour.waitFor('pong');
    expect(performance.now() - since).toBeLessThan(1_000);
    await waitUntil(async () => findConnection(id) === null, 10_000);
    expect(largest).toBeLessThan(MAX_UNSENT_BYTES);
    client.socket.resume();
    expect((await client.closed).code).toBe(1006);
    await neighbour.close();
  });

  it('gets its session back with another socket', async () => {
    const user = await givenUserWithId(app);
    await givenLiveSession(app, user);
    const client = await open(user);
    client.socket.pause();
    const next = await open(user);
    next.send('text.input', { text: 'What is a noun?' });
    await next.waitFor('turn.ended');
    client.socket.resume();
    await client.closed;
    await next.close();
  });
});
