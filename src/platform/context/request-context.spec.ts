import { setImmediate as nextTurn } from 'node:timers/promises';
import { requestContext } from './request-context.js';

describe('the context of a request', () => {
  it('is empty outside a request, where response headers have no effect', () => {
    expect([requestContext.requestId, requestContext.url]).toEqual([undefined, undefined]);
    expect(() => requestContext.setHeader('X-Test', '1')).not.toThrow();
  });

  it('follows the async work of each of several concurrent requests', async () => {
    const headers: string[] = [];
    const handle = (requestId: string): Promise<void> =>
      new Promise((resolve) => {
        const setHeader = (name: string, value: string): void =>
          void headers.push(`${requestId} ${name} ${value}`);
        requestContext.run({ requestId, url: `/${requestId}?q`, setHeader }, () => {
          void nextTurn().then(() => {
            requestContext.setHeader('X-Url', requestContext.url ?? '');
            resolve();
          });
        });
      });
    await Promise.all(['a', 'b'].map(handle));
    expect(headers).toEqual(['a X-Url /a?q', 'b X-Url /b?q']);
    expect(requestContext.requestId).toBeUndefined();
  });

  it('names the account of the caller, else its network, and the server outside a request', async () => {
    expect(requestContext.caller).toBe('server');
    const context = { requestId: 'a', url: '/', setHeader: () => undefined, network: () => '203.0.113.9' };
    const callers = await new Promise<string[]>((resolve) =>
      requestContext.run(context, () => {
        const anonymous = requestContext.caller;
        requestContext.setUser('0199');
        resolve([anonymous, requestContext.caller]);
      }),
    );
    expect(callers).toEqual(['network:203.0.113.9', 'account:0199']);
    expect(() => requestContext.setUser('0200')).not.toThrow();
    expect(requestContext.caller).toBe('server');
  });
});
