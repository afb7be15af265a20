import { platformErrors } from '@/platform/errors/index.js';
import { toEventFrame } from '@/platform/sse/index.js';
import { aiErrors } from '../ai.errors.js';
import type { ActiveGenerationRegistry } from './active-generation-registry.js';
import { ActiveGeneration, buildErrorFrame } from './active-generation.js';
import { GenerationEventReader, StoredEventSource } from './generation-event-reader.js';
import type { GenerationEventRepository, EventPage } from './persistence/generation-event.repository.js';

const frame = (id: number, event = 'delta', data: object = {}): string =>
  toEventFrame(id, event, JSON.stringify(data));

/** Answers each read with the next page; the last one stays. */
class ScriptedEvents {
  readonly positions: number[] = [];

  constructor(private readonly pages: (EventPage | undefined | Error)[]) {}

  readPage(_id: string, after: number): Promise<EventPage | undefined> {
    this.positions.push(after);
    const page = this.pages.length > 1 ? this.pages.shift() : this.pages[0];
    return page instanceof Error ? Promise.reject(page) : Promise.resolve(page);
  }
}

function page(fields: Partial<EventPage>): EventPage {
  return { state: 'running', frames: [], last: 0, hasMore: false, ...fields };
}

const nextRead = (source: StoredEventSource): Promise<string | null> =>
  new Promise((resolve) => source.onReadable(() => resolve(source.read())));

describe('StoredEventSource', () => {
  it('has nothing to read before the first poll', () => {
    expect(new StoredEventSource(new ScriptedEvents([undefined]), 'g', 0).read()).toBe('');
  });

  it('reads page after page to the end, each after the last event of the previous one', async () => {
    const events = new ScriptedEvents([
      page({ frames: [frame(1), frame(2)], last: 2, hasMore: true, state: 'done' }),
      page({ frames: [frame(1_000_003, 'error')], last: 1_000_003, state: 'failed' }),
    ]);
    const source = new StoredEventSource(events, 'g', 0);
    expect(await nextRead(source)).toBe(frame(1) + frame(2));
    expect(source.read()).toBe('');
    expect(await nextRead(source)).toBe(frame(1_000_003, 'error'));
    expect(source.read()).toBeNull();
    expect(events.positions).toEqual([0, 2]);
  });

  it('does not end while the generation runs, even without new events', async () => {
    const events = new ScriptedEvents([page({ last: 4 }), page({ frames: [frame(5)], last: 5 })]);
    const source = new StoredEventSource(events, 'g', 4);
    expect(await nextRead(source)).toBe('');
    expect(await nextRead(source)).toBe(frame(5));
    expect(source.isExhausted).toBe(false);
  });

  it('ends with generation_not_found when the generation is deleted', async () => {
    const source = new StoredEventSource(new ScriptedEvents([undefined]), 'g', 7);
    expect(await nextRead(source)).toBe(buildErrorFrame(8, aiErrors.generation_not_found(), 'g'));
    expect(source.read()).toBeNull();
  });

  it('ends without a last event when the database fails', async () => {
    const source = new StoredEventSource(new ScriptedEvents([new Error('down')]), 'g', 0);
    expect(await nextRead(source)).toBeNull();
  });

  it('does not call back after it was closed', async () => {
    const source = new StoredEventSource(new ScriptedEvents([page({ frames: [frame(1)], last: 1 })]), 'g', 0);
    let called = false;
    source.onReadable(() => (called = true));
    source.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(called).toBe(false);
  });

  it('returns a long page in parts', async () => {
    const long = 'x'.repeat(200 * 1024);
    const frames = [1, 2, 3].map((id) => frame(id, 'delta', { content: long }));
    const source = new StoredEventSource(
      new ScriptedEvents([page({ frames, last: 3, state: 'done' })]),
      'g',
      0,
    );
    expect(await nextRead(source)).toBe(frames.slice(0, 2).join(''));
    expect(source.read()).toBe(frames[2]);
    expect(source.read()).toBeNull();
  });

  it('is exhausted only when the generation has ended and nothing is left', async () => {
    const pages = {
      ended: page({ state: 'done', last: 3 }),
      running: page({ last: 3 }),
      remaining: page({ state: 'done', frames: [frame(4)], last: 4 }),
    };
    const isExhausted = async (only: EventPage): Promise<boolean> => {
      const source = new StoredEventSource(new ScriptedEvents([only]), 'g', 3);
      await source.poll(0);
      return source.isExhausted;
    };
    expect(await isExhausted(pages.ended)).toBe(true);
    expect(await isExhausted(pages.running)).toBe(false);
    expect(await isExhausted(pages.remaining)).toBe(false);
  });
});

describe('GenerationEventReader', () => {
  const owner = { userId: 'u', organizationId: null, keyId: null, hasSecondFactor: false };
  const neverDisconnects = (): void => undefined;
  let generation: ActiveGeneration;

  beforeEach(() => {
    generation = new ActiveGeneration({ owner, conversationId: null, messageId: null });
  });

  function createReader(...pages: (EventPage | undefined | Error)[]): GenerationEventReader {
    const registry: Partial<ActiveGenerationRegistry> = {
      get: (id) => (id === generation.id ? generation : undefined),
    };
    const events = new ScriptedEvents(pages) as Partial<GenerationEventRepository>;
    return new GenerationEventReader(
      registry as ActiveGenerationRegistry,
      events as GenerationEventRepository,
    );
  }

  it('reads a generation of this process from memory', async () => {
    const reader = createReader(new Error('not read'));
    generation.append('start', {});
    expect(reader.openFrom(generation.id, 0).read()).toContain('event: start');
    expect((await reader.openRemaining(generation.id, 1))?.read()).toBe('');
  });

  it('returns no source when all events of an ended generation were read', async () => {
    expect(await createReader(page({ state: 'done', last: 9 })).openRemaining('stored', 9)).toBeNull();
    expect(await createReader(page({ state: 'running', last: 9 })).openRemaining('stored', 9)).not.toBeNull();
  });

  it('waits for the answer of a running generation', async () => {
    const answer = createReader(undefined).waitForAnswer(generation.id, neverDisconnects);
    generation.append('delta', { content: 'Hello.' });
    await Promise.resolve();
    generation.append('done', { content: 'Hello.' });
    generation.close();
    expect(await answer).toEqual({ content: 'Hello.' });
  });

  it('throws the error of a generation of this process itself, with its cause', async () => {
    const failure = aiErrors.provider_failed({ cause: new Error('for the log') });
    generation.failure = failure;
    generation.publish(buildErrorFrame(1, failure, 'r'));
    generation.close();
    await expect(createReader(undefined).waitForAnswer(generation.id, neverDisconnects)).rejects.toBe(
      failure,
    );
  });

  it('rebuilds the stored error of a generation of another process', async () => {
    const frames = [buildErrorFrame(1, aiErrors.ai_unavailable({ data: { providers: [] } }), 'r')];
    const reader = createReader(page({ state: 'failed', frames, last: 1 }));
    await expect(reader.waitForAnswer('stored', neverDisconnects)).rejects.toMatchObject({
      code: 'ai_unavailable',
      status: 503,
      detail: { error: 'ai_unavailable', providers: [] },
    });
  });

  it('answers an unknown stored error code with status 500', async () => {
    const frames = [frame(1, 'error', { code: 'from_a_newer_version', detail: 'x' })];
    const reader = createReader(page({ state: 'failed', frames, last: 1 }));
    await expect(reader.waitForAnswer('stored', neverDisconnects)).rejects.toMatchObject({ status: 500 });
  });

  it.each([
    ['an interrupted generation', [buildErrorFrame(1, aiErrors.generation_interrupted(), 'r')]],
    ['a generation without any event', []],
  ])('asks the client of %s to retry', async (_what, frames) => {
    const reader = createReader(page({ state: 'failed', frames, last: frames.length }));
    await expect(reader.waitForAnswer('stored', neverDisconnects)).rejects.toMatchObject({
      code: platformErrors.overloaded.code,
      retryAfter: 1,
    });
  });

  it('stops waiting when the client disconnects', async () => {
    let disconnect = (): void => undefined;
    const answer = createReader(undefined).waitForAnswer(
      generation.id,
      (callback) => (disconnect = callback),
    );
    disconnect();
    await expect(answer).rejects.toMatchObject({ code: 'overloaded' });
  });
});
