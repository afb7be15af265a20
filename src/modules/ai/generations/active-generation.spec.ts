import fc from 'fast-check';
import { aiErrors } from '../ai.errors.js';
import { ActiveGeneration, buildErrorFrame } from './active-generation.js';

const OWNER = { userId: 'u', organizationId: null, keyId: null, hasSecondFactor: false };

function createGeneration(): ActiveGeneration {
  return new ActiveGeneration({ owner: OWNER, conversationId: null, messageId: null });
}

describe('ActiveGeneration', () => {
  let generation: ActiveGeneration;

  beforeEach(() => {
    generation = createGeneration();
  });

  it('has an id of its own', () => {
    expect(generation.id).not.toBe(createGeneration().id);
  });

  it('numbers its events from one', () => {
    generation.append('start', { a: 1 });
    generation.append('delta', { content: 'line\nbreak' });
    const source = generation.createReader(0);
    expect(source.read()).toBe(
      'id: 1\nevent: start\ndata: {"a":1}\n\nid: 2\nevent: delta\ndata: {"content":"line\\nbreak"}\n\n',
    );
    expect(generation.eventCount).toBe(2);
  });

  it('builds the next frame without publishing it', () => {
    const source = generation.createReader(0);
    expect(generation.buildFrame('done', {})).toBe('id: 1\nevent: done\ndata: {}\n\n');
    expect([generation.eventCount, source.read()]).toEqual([0, '']);
  });

  it('knows which frames are not stored yet', () => {
    for (const event of ['one', 'two', 'three']) generation.append(event, {});
    expect(generation.unstoredFrames).toHaveLength(3);
    generation.storedEvents = 2;
    expect(generation.unstoredFrames).toEqual(['id: 3\nevent: three\ndata: {}\n\n']);
    generation.storedEvents = 3;
    expect(generation.unstoredFrames).toEqual([]);
  });

  it('gives every reader all events after its position, in order, whenever it reads', () => {
    const step = fc.constantFrom('append', 'read');
    fc.assert(
      fc.property(fc.array(step), fc.nat({ max: 5 }), (steps, after) => {
        const tested = createGeneration();
        const source = tested.createReader(after);
        let received = '';
        for (const current of steps) {
          if (current === 'append') tested.append('delta', {});
          else received += source.read() ?? '';
        }
        tested.close();
        for (let frames = source.read(); frames !== null; frames = source.read()) received += frames;
        const ids = [...received.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
        const expected = Array.from({ length: tested.eventCount }, (_, index) => index + 1);
        expect(ids).toEqual(expected.filter((id) => id > after));
      }),
    );
  });

  it('calls a waiting reader once for each wait', () => {
    const source = generation.createReader(0);
    let calls = 0;
    source.onReadable(() => (calls += 1));
    generation.append('one', {});
    generation.append('two', {});
    expect(calls).toBe(1);
    source.onReadable(() => (calls += 1));
    generation.close();
    expect(calls).toBe(2);
  });

  it('does not call a reader that was closed, and calls the others', () => {
    const [first, second] = [generation.createReader(0), generation.createReader(0)];
    const called: string[] = [];
    first.onReadable(() => called.push('first'));
    second.onReadable(() => called.push('second'));
    first.close();
    generation.append('one', {});
    expect(called).toEqual(['second']);
  });

  it('lets a reader wait again from inside its callback', () => {
    const source = generation.createReader(0);
    const received: string[] = [];
    const wait = (): void =>
      source.onReadable(() => {
        received.push(source.read() ?? 'end');
        if (received.length < 3) wait();
      });
    wait();
    generation.append('one', {});
    generation.append('two', {});
    generation.close();
    expect(received).toEqual(['id: 1\nevent: one\ndata: {}\n\n', 'id: 2\nevent: two\ndata: {}\n\n', 'end']);
  });

  it('splits long output, so that a slow reader gets it in parts', () => {
    const content = 'x'.repeat(100 * 1024);
    for (let count = 0; count < 6; count += 1) generation.append('delta', { content });
    generation.close();
    const source = generation.createReader(0);
    const lengths: number[] = [];
    for (let frames = source.read(); frames !== null; frames = source.read()) lengths.push(frames.length);
    expect(lengths).toHaveLength(2);
    expect(Math.max(...lengths)).toBeLessThan(400 * 1024);
  });

  it('ends a reader whose position is beyond the last event', () => {
    generation.append('one', {});
    const source = generation.createReader(7);
    expect(source.read()).toBe('');
    generation.close();
    expect(source.read()).toBeNull();
  });

  it('keeps the first reason of several aborts', () => {
    expect(generation.signal.aborted).toBe(false);
    generation.abort('stopped');
    generation.abort('interrupted');
    expect([generation.signal.aborted, generation.signal.reason]).toEqual([true, 'stopped']);
  });
});

describe('buildErrorFrame', () => {
  it('has the error body of a response, without its cause', () => {
    const error = aiErrors.provider_failed({ data: { provider: 'p' }, cause: new Error('secret') });
    const frame = buildErrorFrame(7, error, 'request-1');
    expect(frame).toMatch(/^id: 7\nevent: error\ndata: .*\n\n$/);
    expect(frame).not.toContain('secret');
    expect(JSON.parse(frame.split('data: ')[1] ?? '')).toEqual({
      code: 'provider_failed',
      detail: { error: 'provider_failed', message: aiErrors.provider_failed.message, provider: 'p' },
      request_id: 'request-1',
    });
  });
});
