import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeCalendars } from './fake-calendars.js';
import { type FakeAnswer, type FakeRequest, readRequest } from './fake-http.js';
import { FakeOAuth } from './fake-oauth.js';

/**
 * The OAuth 2.0 endpoints and the Calendar API of Google on the loopback interface. It checks what Google checks, answers with its
 * status codes and reasons, and can be told to fail.
 */
export class FakeGoogle {
  readonly calendars = new FakeCalendars();
  readonly oauth = new FakeOAuth();
  readonly requests: FakeRequest[] = [];
  /** Replaces the answer to a request; undefined: the usual answer. `'hang up'` closes the connection without one. */
  intercept: (request: FakeRequest) => FakeAnswer | 'hang up' | undefined = () => undefined;
  /** Milliseconds before each answer of the token endpoint. */
  tokenDelayMs = 0;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((incoming, response) => {
      void readRequest(incoming).then(async (request) => {
        this.requests.push(request);
        if (request.path === '/token' && this.tokenDelayMs > 0)
          await new Promise((resolve) => setTimeout(resolve, this.tokenDelayMs));
        const answer = this.intercept(request) ?? this.answer(request);
        if (answer === 'hang up') return incoming.socket.destroy();
        const { status, headers = {}, body } = answer;
        response.writeHead(status, {
          ...(body === undefined ? {} : { 'content-type': 'application/json; charset=UTF-8' }),
          ...headers,
        });
        response.end(body === undefined ? undefined : JSON.stringify(body));
      });
    });
  }

  static async start(): Promise<FakeGoogle> {
    const google = new FakeGoogle();
    await new Promise<void>((resolve) => google.server.listen(0, '127.0.0.1', resolve));
    return google;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The environment of a server that uses this one in place of Google. */
  get env(): Record<string, string> {
    return {
      GOOGLE_CLIENT_ID: this.oauth.clientId,
      GOOGLE_CLIENT_SECRET: this.oauth.clientSecret,
      GOOGLE_OAUTH_AUTH_URL: `${this.url}/auth`,
      GOOGLE_OAUTH_TOKEN_URL: `${this.url}/token`,
      GOOGLE_OAUTH_REVOKE_URL: `${this.url}/revoke`,
      GOOGLE_CALENDAR_BASE_URL: `${this.url}/calendar/v3`,
    };
  }

  count(method: string, path: string): number {
    return this.requests.filter((request) => request.method === method && request.path === path).length;
  }

  /** Forgets faults and requests, and keeps accounts and calendars. */
  reset(): void {
    this.intercept = () => undefined;
    this.tokenDelayMs = 0;
    this.requests.length = 0;
    this.oauth.rotates = false;
  }

  private answer(request: FakeRequest): FakeAnswer {
    switch (`${request.method} ${request.path}`) {
      case 'GET /auth':
        return this.oauth.authorize(request);
      case 'POST /token':
        return this.oauth.issueTokens(request);
      case 'POST /revoke':
        return this.oauth.revoke(request);
      default:
        return this.calendars.answer(request, this.oauth.findAccess(request.token));
    }
  }
}
