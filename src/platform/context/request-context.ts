import { AsyncLocalStorage } from 'node:async_hooks';

interface RequestContext {
  requestId: string;
  /** Path and query of the request. */
  url: string;
  setHeader: (name: string, value: string) => void;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Async context of a request: its id for logs, its URL, and its response headers. */
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

  /** Sets a response header. Has no effect outside a request, such as in a job. */
  setHeader(name: string, value: string): void {
    storage.getStore()?.setHeader(name, value);
  },
};
