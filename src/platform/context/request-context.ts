import { AsyncLocalStorage } from 'node:async_hooks';

interface RequestContext {
  requestId: string;
  /** Path and query, as asked for. */
  url: string;
  setHeader: (name: string, value: string) => void;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** What code below a request may know of it without being handed it: its id for logs, and response headers. */
export const requestContext = {
  run(context: RequestContext, callback: () => void): void {
    storage.run(context, callback);
  },

  get requestId(): string | undefined {
    return storage.getStore()?.requestId;
  },

  get url(): string | undefined {
    return storage.getStore()?.url;
  },

  /** Adds a header to the answer; ignored outside a request (a job, a test of a service). */
  setHeader(name: string, value: string): void {
    storage.getStore()?.setHeader(name, value);
  },
};
