import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** A response of the server as it was sent. */
export interface RecordedResponse {
  method: string;
  url: string;
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Records every response of an HTTP server, whatever client sent the request. */
export class ResponseRecorder {
  private responses: RecordedResponse[] = [];

  constructor(server: Server) {
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      this.record(request, response);
    });
  }

  /** Returns the responses since the last call, in the order of their requests. */
  take(): RecordedResponse[] {
    return this.responses.splice(0);
  }

  private record({ method = '', url = '' }: IncomingMessage, response: ServerResponse): void {
    const recorded: RecordedResponse = { method, url, status: 0, headers: {}, body: '' };
    this.responses.push(recorded);
    const keep = (chunk: unknown): void => {
      if (typeof chunk === 'string' || Buffer.isBuffer(chunk)) recorded.body += chunk.toString();
      recorded.status = response.statusCode;
      const headers = Object.entries({ ...response.getHeaders(), ...written });
      recorded.headers = Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
    };
    // Headers that are handed to writeHead need not appear in getHeaders.
    const written: Record<string, unknown> = {};
    const { write, end, writeHead } = response;
    response.writeHead = ((...parts: unknown[]) => {
      const headers = parts.at(-1);
      if (typeof headers === 'object') Object.assign(written, headers);
      return writeHead.apply(response, parts as Parameters<typeof writeHead>);
    }) as typeof writeHead;
    response.write = ((...parts: Parameters<typeof write>) => {
      keep(parts[0]);
      return write.apply(response, parts);
    }) as typeof write;
    response.end = ((...parts: Parameters<typeof end>) => {
      keep(parts[0]);
      return end.apply(response, parts);
    }) as typeof end;
  }
}
