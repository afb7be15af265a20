import Fastify, { type FastifyInstance } from 'fastify';
import { RunningHandlers } from './running-handlers.js';

describe('RunningHandlers', () => {
  let handlers: RunningHandlers;
  let fastify: FastifyInstance;

  beforeEach(() => {
    handlers = new RunningHandlers();
    fastify = Fastify();
    handlers.observe(fastify);
  });
  afterEach(() => fastify.close());

  it('waits until the last handler has ended, whether or not it failed', async () => {
    const ends: ((error?: Error) => void)[] = [];
    fastify.get('/', async () => {
      await new Promise<void>((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())));
      return 'done';
    });
    const responses = [fastify.inject('/'), fastify.inject('/')];
    while (ends.length < 2) await new Promise(setImmediate);
    let ended = false;
    const waiting = handlers.waitForNone(10_000).then(() => (ended = true));
    ends[0]?.();
    await responses[0];
    expect(ended).toBe(false);
    ends[1]?.(new Error('failed'));
    await waiting;
    expect((await Promise.all(responses)).map(({ statusCode }) => statusCode)).toEqual([200, 500]);
  });

  it('waits no longer than the given time, and not at all without a handler', async () => {
    let end: (() => void) | undefined;
    fastify.get('/endless', async () => new Promise<void>((resolve) => (end = resolve)));
    fastify.get('/sync', (_request, reply) => void reply.send('done'));
    expect((await fastify.inject('/sync')).body).toBe('done');
    await handlers.waitForNone(10_000);
    const response = fastify.inject('/endless');
    while (!end) await new Promise(setImmediate);
    await handlers.waitForNone(1);
    end();
    await response;
  });
});
