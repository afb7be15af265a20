import { EventEmitter } from 'node:events';
import { readParam } from '@test/support/http/param-decorator.js';
import { ClientDisconnect, type OnDisconnect } from './client-disconnect.js';

class FakeResponse extends EventEmitter {
  destroyed = false;
  writableFinished = false;
}

describe('the disconnect of a client', () => {
  let raw: FakeResponse;
  let calls: number;

  function listen(): void {
    const onDisconnect = readParam(ClientDisconnect(), {}, { raw }) as OnDisconnect;
    onDisconnect(() => (calls += 1));
  }

  beforeEach(() => {
    raw = new FakeResponse();
    calls = 0;
  });

  it('is reported once, when the connection closes before the end of the response', () => {
    listen();
    expect(calls).toBe(0);
    raw.emit('close');
    raw.emit('close');
    expect(calls).toBe(1);
  });

  it('is reported at once when the client has disconnected already', () => {
    raw.destroyed = true;
    listen();
    expect(calls).toBe(1);
  });

  it('is not reported after a complete response', () => {
    listen();
    raw.writableFinished = true;
    raw.emit('close');
    expect(calls).toBe(0);
  });
});
