import { platformErrors } from '@/platform/errors/index.js';
import { CompletionStream } from './completion-stream.js';

describe('CompletionStream', () => {
  let aborted: string[];
  let stream: CompletionStream;

  beforeEach(() => {
    aborted = [];
    stream = new CompletionStream((reason) => aborted.push(reason));
  });

  it('opens with its first frame, and ends with a mark when it is complete', async () => {
    stream.send({ a: 1 });
    await stream.opened;
    stream.complete();
    expect(stream.read()).toBe('data: {"a":1}\n\ndata: [DONE]\n\n');
    expect(stream.read()).toBeNull();
  });

  it('rejects a failure before it opens', async () => {
    stream.fail(new Error('no answer'));
    await expect(stream.opened).rejects.toThrow('no answer');
  });

  it('has a failure as its last frame when it was opened without content, and no mark', async () => {
    stream.open();
    await stream.opened;
    // Node.js sends the headers with the first bytes of the body.
    expect([stream.read(), stream.read()]).toEqual([': wait\n\n', '']);
    stream.fail(platformErrors.overloaded());
    expect(stream.read()).toMatch(/^data: \{"error":\{"message":"[^\n]+,"code":"overloaded"\}\}\n\n$/);
    expect(stream.read()).toBeNull();
  });

  it('calls its reader once for each wait', () => {
    let calls = 0;
    stream.onReadable(() => (calls += 1));
    stream.send({});
    stream.send({});
    expect(calls).toBe(1);
    stream.onReadable(() => (calls += 1));
    expect(calls).toBe(2);
  });

  it('aborts the answer when it is closed before its end, and sends nothing more', () => {
    stream.send({});
    stream.read();
    stream.close();
    stream.send({});
    expect([aborted, stream.read()]).toEqual([['client_disconnected'], '']);
    const complete = new CompletionStream((reason) => aborted.push(reason));
    complete.complete();
    complete.close();
    expect(aborted).toEqual(['client_disconnected']);
  });

  it('aborts the answer when the access ends, and lets it run on at a shutdown', () => {
    stream.interrupt('shutdown');
    expect(aborted).toEqual([]);
    stream.interrupt('access_ended');
    expect(aborted).toEqual(['access_ended']);
  });
});
