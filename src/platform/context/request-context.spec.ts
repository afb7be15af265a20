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
});
