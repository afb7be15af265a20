import { AsyncValue } from './async-value.js';

interface RequestContext {
  requestId: string;
  /** Path and query as the client sent them, with the path of `PUBLIC_URL`. */
  url: string;
  setHeader: (name: string, value: string) => void;
  removeHeader?: (name: string) => void;
  /** Returns the network of the client: see `toNetwork`. */
  network?: () => string;
  /** Id of the authenticated user. */
  userId?: string;
  /** The windows of rate limits that count this request, by key. */
  rateLimits?: Map<string, RateLimitState>;
  /** Status of a successful response, when it is not the one of the operation. */
  successStatus?: number;
}

/** What a response says about a window of a rate limit. */
export interface RateLimitState {
  limit: number;
  remaining: number;
  /** Seconds until the oldest counted use leaves the window. */
  reset: number;
}

const current = new AsyncValue<RequestContext>();

/** Async context of a request: its id for logs, its URL, its response headers, and whose share of a queue it uses. */
export const requestContext = {
  run(context: RequestContext, callback: () => void): void {
    current.run(context, callback);
  },

  get requestId(): string | undefined {
    return current.get()?.requestId;
  },

  get url(): string | undefined {
    return current.get()?.url;
  },

  /** Sets a response header. Has no effect outside a request, such as in a job. */
  setHeader(name: string, value: string): void {
    current.get()?.setHeader(name, value);
  },

  removeHeader(name: string): void {
    current.get()?.removeHeader?.(name);
  },

  /** Status of a successful response, when it is not the one of the operation. */
  get successStatus(): number | undefined {
    return current.get()?.successStatus;
  },

  setSuccessStatus(status: number): void {
    const context = current.get();
    if (context) context.successStatus = status;
  },

  /** Returns the windows of rate limits that count this request; outside a request, an empty map. */
  get rateLimits(): Map<string, RateLimitState> {
    const context = current.get();
    if (!context) return new Map();
    return (context.rateLimits ??= new Map());
  },

  /**
   * The caller whose share of a common queue the request uses: the account, or the network without credentials. Work
   * outside a request, such as a job, has a share of its own.
   */
  get caller(): string {
    const { userId, network } = current.get() ?? {};
    if (userId !== undefined) return `account:${userId}`;
    return network ? `network:${network()}` : 'server';
  },

  /** Sets the account whose share the request uses from now on. */
  setUser(userId: string): void {
    const context = current.get();
    if (context) context.userId = userId;
  },
};
