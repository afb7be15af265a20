import { once } from 'node:events';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { TestApp } from '@test/support/app/test-app.js';
import { givenLiveSession } from '@test/support/live/live-sessions.js';
import { LiveSocketClient } from '@test/support/live/live-socket-client.js';
import { givenUserWithId, type UserWithId } from '@test/support/organizations/given-organizations.js';

const RUNS = Number(process.env.FUZZ_RUNS ?? 2_000);
const ID = '0190a0a0-0000-7000-8000-000000000000';

describe('frames of a hostile client', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  async function talk(at = app, by?: UserWithId): Promise<LiveSocketClient> {
    const user = by ?? (await givenUserWithId(app));
    await givenLiveSession(app, user);
    const client = await LiveSocketClient.open(at, { token: user.accessToken });
    await client.waitFor('session.ready');
    return client;
  }

  it.each([
    ['no JSON', '{', 'malformed_frame', undefined],
    ['a list', '[]', 'malformed_frame', undefined],
    ['null', 'null', 'malformed_frame', undefined],
    ['no type', '{}', 'unknown_type', 'type'],
    ['an unknown type', '{"type":"toString"}', 'unknown_type', 'type'],
    ['another field', '{"type":"ping","x":1}', 'validation_failed', 'x'],
    ['a wrong number', '{"type":"ping","seq":-1}', 'validation_failed', 'seq'],
    ['no text', '{"type":"text.input"}', 'validation_failed', 'data'],
    ['a number as text', '{"type":"text.input","data":{"text":1}}', 'validation_failed', 'data.text'],
    ['spaces as text', '{"type":"text.input","data":{"text":"  "}}', 'validation_failed', 'data.text'],
    [
      'a long text',
      JSON.stringify({ type: 'text.input', data: { text: 'x'.repeat(8_001) } }),
      'validation_failed',
      'data.text',
    ],
    ['half a character', '{"type":"text.input","data":{"text":"\\ud800"}}', 'validation_failed', 'data.text'],
    ['an unknown field', '{"type":"interrupt","data":{"x":1}}', 'validation_failed', 'data.x'],
    [
      'a position without a turn',
      '{"type":"playback.position","data":{"milliseconds":1}}',
      'validation_failed',
      'data.turn_id',
    ],
    [
      'a position in the past',
      `{"type":"playback.position","data":{"turn_id":"${ID}","milliseconds":-1}}`,
      'validation_failed',
      'data.milliseconds',
    ],
    ['a fraction', '{"type":"session.resume","data":{"last_seq":0.5}}', 'validation_failed', 'data.last_seq'],
  ])('get an error and end nothing: %s', async (_what, frame, code, field) => {
    const client = await talk();
    client.socket.send(frame);
    const { data } = await client.waitFor('error');
    expect([data.code, data.field]).toEqual([code, field]);
    client.send('ping');
    await client.waitFor('pong');
    await client.close();
  });

  it('never end the session, whatever they are', async () => {
    const client = await talk();
    const types = ['interrupt', 'playback.position', 'session.resume', 'ping', 'nothing'];
    const frames = fc.sample(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc
          .record({ type: fc.constantFrom(...types), data: fc.jsonValue() })
          .map((frame) => JSON.stringify(frame)),
      ),
      { numRuns: RUNS, seed: 20261128 },
    );
    for (const frame of frames) client.socket.send(frame);
    client.send('ping', { id: 'last' });
    await client.waitFor(({ type, data }) => type === 'pong' && data.id === 'last');
    expect(client.types().filter((type) => type === 'error').length).toBeGreaterThan(RUNS / 4);
    const numbers = client.events.map(({ seq }) => seq);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    await client.close();
  });

  it('are handled in their order, also when they arrive together', async () => {
    const user = await givenUserWithId(app);
    const first = await talk(app, user);
    first.send('text.input', { text: 'What is a verb?' });
    await first.waitFor('turn.ended');
    first.socket.terminate();
    const client = await LiveSocketClient.open(app, { token: user.accessToken });
    const { _socket: socket } = client.socket as unknown as { _socket: Socket };
    socket.cork();
    client.send('session.resume', { last_seq: 1 });
    client.send('ping');
    client.send('session.resume', { last_seq: 1_000_000 });
    client.send('ping', { id: 'last' });
    socket.uncork();
    await client.waitFor(({ type, data }) => type === 'pong' && data.id === 'last');
    const [, ...resent] = first.types();
    expect(client.types()).toEqual(['session.ready', ...resent, 'pong', 'session.resync', 'pong']);
    await client.close();
  });

  it('interrupt an answer with another question', async () => {
    const client = await talk();
    client.send('text.input', { text: 'What is a verb?' });
    client.send('text.input', { text: 'What is a noun?' });
    await client.waitFor(({ type, data }) => type === 'turn.ended' && data.reason === 'completed');
    const reasons = client.events.filter(({ type }) => type === 'turn.ended').map(({ data }) => data.reason);
    expect(reasons).toEqual(['interrupted', 'completed']);
    await client.close();
  });

  it('close the socket with 1008 when there are too many', async () => {
    const limited = await TestApp.start({ siblingOf: app, env: { RATE_LIMITS: 'on' } });
    const client = await talk(limited);
    for (let count = 0; count < 400; count += 1) client.send('ping');
    expect((await client.closed).code).toBe(1008);
    await limited.stop();
  });

  it('are told to come back when the server stops', async () => {
    const sibling = await TestApp.start({ siblingOf: app });
    const client = await talk(sibling);
    await sibling.stop();
    expect(await client.closed).toEqual({ code: 1001, reason: 'server_restarts' });
    expect(client.events.at(-1)).toMatchObject({
      type: 'session.ending',
      data: { reason: 'server_restarts' },
    });
    if (client.socket.readyState !== WebSocket.CLOSED) await once(client.socket, 'close');
  });
});
