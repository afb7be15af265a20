import { ModelFailure } from '../model-failure.js';
import { BodyReader } from './body-reader.js';
import { buildPost, buildUpload, type Endpoint } from './endpoint.js';
import type { CallTimeouts, ResponseHandler } from './http-exchange.js';
import type { HttpCall, HttpTransport } from './http-transport.js';

export interface MediaRequestOptions {
  timeouts: CallTimeouts;
  signal?: AbortSignal | undefined;
}

/** Sends audio to an endpoint, and receives audio of it. */
export class MediaClient {
  constructor(
    private readonly transport: HttpTransport,
    private readonly endpoint: Endpoint,
  ) {}

  /**
   * Sends a form, and passes on each JSON value of the answer: events of a stream, or one body. Throws a {@link ModelFailure}
   * without text of the server, or the reason of the aborted signal.
   */
  async postForm(
    path: string,
    form: FormData,
    onPayload: (value: unknown) => void,
    options: MediaRequestOptions,
  ): Promise<void> {
    const encoded = new Response(form);
    const body = Buffer.from(await encoded.arrayBuffer());
    const call = buildUpload(this.endpoint, path, body, encoded.headers.get('content-type') ?? '');
    const reader = new BodyReader({ onPayload, onDone: () => undefined });
    await this.send(call, options, (chunk) => reader.feed(chunk));
    reader.end();
  }

  /** Sends JSON, and passes on the bytes of the answer while they arrive. Throws as {@link postForm}. */
  async postForBytes(
    path: string,
    body: unknown,
    onBytes: (chunk: Buffer) => void,
    options: MediaRequestOptions,
  ): Promise<void> {
    await this.send(buildPost(this.endpoint, path, body), options, onBytes);
  }

  async close(): Promise<void> {
    await this.transport.close();
  }

  private send(
    call: HttpCall,
    { timeouts, signal }: MediaRequestOptions,
    onChunk: (chunk: Buffer) => void,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const handler: ResponseHandler = {
        onData: (chunk) => {
          onChunk(chunk);
          return 'progress';
        },
        onEnd: resolve,
        onError: (error) => reject(withoutStatement(error)),
      };
      this.transport.send(call, handler, timeouts, signal);
    });
  }
}

/** Returns the failure without the words of the server, which can repeat the key. */
function withoutStatement(error: unknown): Error {
  if (error instanceof ModelFailure) return new ModelFailure(error.reason, error.retryAfter, error.detail);
  return error instanceof Error ? error : new Error('The request was aborted.');
}
