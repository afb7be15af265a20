import { ToolCallCollector, type ToolCallPart } from './tool-call-collector.js';

function collect(...parts: ToolCallPart[]): ToolCallCollector {
  const collector = new ToolCallCollector();
  parts.forEach((part) => collector.append(part));
  collector.finish();
  return collector;
}

describe('ToolCallCollector', () => {
  it('joins the parts of each numbered call', () => {
    const collector = collect(
      { index: 0, id: 'a', name: 'f', arguments: '' },
      { index: 1, id: 'b', name: 'g', arguments: '{' },
      { index: 0, arguments: '{"x":1}' },
      { index: 1, arguments: '}' },
    );
    expect(collector.calls).toEqual([
      { id: 'a', name: 'f', arguments: '{"x":1}' },
      { id: 'b', name: 'g', arguments: '{}' },
    ]);
    expect(collector.drain()).toEqual([
      { index: 0, id: 'a', name: 'f', arguments: '' },
      { index: 1, id: 'b', name: 'g', arguments: '{' },
      { index: 0, arguments: '{"x":1}' },
      { index: 1, arguments: '}' },
    ]);
    expect(collector.drain()).toEqual([]);
  });

  it('tells calls with the same number apart by their ids', () => {
    const { calls } = collect(
      { index: 0, id: 'a', name: 'f', arguments: '{"x":1}' },
      { index: 0, id: 'b', name: 'f', arguments: '{"x":2}' },
      { index: 0, id: 'b', arguments: ' ' },
    );
    expect(calls).toEqual([
      { id: 'a', name: 'f', arguments: '{"x":1}' },
      { id: 'b', name: 'f', arguments: '{"x":2} ' },
    ]);
  });

  it('continues the last call with parts that have neither a number nor an id', () => {
    const { calls } = collect(
      { id: 'a', name: 'f', arguments: '{"x"' },
      { arguments: ':1}' },
      { id: 'b', name: 'g', arguments: '{}' },
      { id: 'a', arguments: ' ' },
    );
    expect(calls.map((call) => call.arguments)).toEqual(['{"x":1} ', '{}']);
  });

  it('announces a call when its name is known, and drops one without a name', () => {
    const collector = new ToolCallCollector();
    collector.append({ index: 5, arguments: '{' });
    collector.append({ index: 6, id: 'b', arguments: '{' });
    expect([collector.calls, collector.drain()]).toEqual([[], []]);
    collector.append({ index: 6, name: 'g', arguments: '}' });
    collector.finish();
    expect(collector.drain()).toEqual([{ index: 0, id: 'b', name: 'g', arguments: '{}' }]);
    expect(collector.calls).toEqual([{ id: 'b', name: 'g', arguments: '{}' }]);
  });

  it('takes 128 calls, as many as a request can send back', () => {
    const collector = new ToolCallCollector();
    const append = (index: number): boolean => collector.append({ index, name: 'f', arguments: '' });
    const taken = Array.from({ length: 1000 }, (_, index) => append(index));
    expect(taken.filter(Boolean)).toHaveLength(128);
    expect([collector.calls.length, collector.drain().length]).toEqual([128, 128]);
    expect(append(127)).toBe(true);
  });

  it('gives a call without arguments an empty object, and one without an id an id', () => {
    const collector = collect({ index: 0, name: 'f', arguments: '' });
    const [call] = collector.calls;
    expect(call).toEqual({ id: expect.stringMatching(/^call_\w{32}$/), name: 'f', arguments: '{}' });
    expect(collector.drain()).toEqual([
      { index: 0, id: call?.id, name: 'f', arguments: '' },
      { index: 0, arguments: '{}' },
    ]);
  });
});
