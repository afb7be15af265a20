import { readParam } from '@test/support/http/param-decorator.js';
import { AcceptsEventStream, LastEventId } from './event-stream-headers.js';

const read = (decorator: () => ParameterDecorator, headers: object): unknown =>
  readParam(decorator(), { headers });

describe('the Accept header', () => {
  it.each([
    ['text/event-stream', true],
    ['TEXT/Event-Stream', true],
    ['text/event-stream; charset=utf-8', true],
    ['application/json, text/event-stream', true],
    ['application/json;q=0.5, text/event-stream;q=0.5', true],
    ['application/json;q=0.9, text/event-stream;q=0.1', false],
    ['text/event-stream;q=0', false],
    ['text/event-stream; q=0.0, application/json;q=0', false],
    ['application/json', false],
    ['*/*', false],
    ['text/*', false],
    ['', false],
    [undefined, false],
  ])('%s requests an event stream: %s', (accept, expected) => {
    expect(read(AcceptsEventStream, { accept })).toBe(expected);
  });
});

describe('the Last-Event-ID header', () => {
  it.each([
    [undefined, 0],
    ['', 0],
    ['0', 0],
    ['7', 7],
    ['007', 7],
    ['2000000000', 2_000_000_000],
  ])('%j is event %d', (id, expected) => {
    expect(read(LastEventId, { 'last-event-id': id })).toBe(expected);
  });

  it.each(['-1', '+1', '1.5', '1e3', ' 1', 'x', '2000000001', '9'.repeat(400), '１', ['1', '2']])(
    'is refused as %j',
    (id) => {
      let thrown: unknown;
      try {
        read(LastEventId, { 'last-event-id': id });
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({
        status: 400,
        detail: { fields: [{ path: 'Last-Event-ID', rule: 'integer' }] },
      });
    },
  );
});
