import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Config } from '@/platform/config/index.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { RateLimiter } from '@/platform/limits/index.js';
import { AuthorizationLinks } from '../connections/authorization-links.js';
import { type ConnectionAccess, ConnectionAccessService } from '../connections/connection-access.js';
import { GoogleFailure, toAppError } from '../google/google-failure.js';
import { type GoogleAnswer, GoogleHttp } from '../google/google-http.js';
import { REQUIRED_SCOPES } from '../google/scopes.rules.js';
import { findFailure, isScopeRefusal, repeatDelay } from './calendar-failure.rules.js';

const RANDOM_STEPS = 1_000;
/** Requests to Google on behalf of one user. A study plan needs up to 62. */
const USER_CALLS = { name: 'calendar-calls', limit: 300, window: 60 };

export interface CalendarCall {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below the base URL. */
  path: string;
  query?: Readonly<Record<string, string>>;
  json?: unknown;
}

/**
 * Sends one request to the calendar API. It repeats after failures that pass within seconds; no request of this server has a
 * further effect when it is repeated, because events are created with ids of our own.
 */
@Injectable()
export class CalendarTransport {
  constructor(
    private readonly http: GoogleHttp,
    private readonly config: Config,
    private readonly entropy: Entropy,
  ) {}

  /** Returns every answer that is no failure; 401 too. Throws a {@link GoogleFailure}. */
  async send({ method, path, query = {}, json }: CalendarCall, token: string): Promise<GoogleAnswer> {
    const search = new URLSearchParams(query).toString();
    const url = `${this.config.integrations.google.calendarUrl}${path}${search && `?${search}`}`;
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.http.send({ method, url, token, json }).catch(keepFailure);
      const failure = result instanceof GoogleFailure ? result : findFailure(result);
      if (!failure) return result as GoogleAnswer;
      const delay = repeatDelay(failure, attempt, this.entropy.integer(RANDOM_STEPS) / RANDOM_STEPS);
      if (delay === null) throw failure;
      await pause(delay);
    }
  }
}

function keepFailure(error: unknown): GoogleFailure {
  if (error instanceof GoogleFailure) return error;
  throw error;
}

/** Opens the calendar of a user. */
@Injectable()
export class CalendarClient {
  constructor(
    private readonly connections: ConnectionAccessService,
    private readonly transport: CalendarTransport,
    private readonly links: AuthorizationLinks,
    private readonly limiter: RateLimiter,
  ) {}

  /** Throws `integration_not_configured`, or that the connection is missing or does not work. */
  async open(userId: string): Promise<CalendarSession> {
    this.links.assertConfigured();
    try {
      const access = await this.connections.open(userId, 'google_calendar');
      const countCall = (): Promise<void> => this.limiter.consume(USER_CALLS, userId);
      return new CalendarSession(access, this.connections, this.transport, countCall);
    } catch (error) {
      throw error instanceof GoogleFailure ? toAppError(error) : error;
    }
  }
}

/** The calendar of one user during one request of a client. */
export class CalendarSession {
  constructor(
    private access: ConnectionAccess,
    private readonly connections: ConnectionAccessService,
    private readonly transport: CalendarTransport,
    /** Throws 429 `too_many_attempts` when the user has made too many requests. */
    private readonly countCall: () => Promise<void>,
  ) {}

  get connectionId(): string {
    return this.access.connection.id;
  }

  /** Returns the answer of an accepted request, or one with a status that the operation expects. Throws errors of this API. */
  async request(call: CalendarCall, expected: readonly number[] = []): Promise<GoogleAnswer> {
    await this.countCall();
    const { access } = this;
    try {
      const answer = await this.sendRenewing(call, access);
      if (isScopeRefusal(answer)) return await this.connections.refuseScopes(this.access, REQUIRED_SCOPES);
      const isExpected = (answer.status >= 200 && answer.status < 300) || expected.includes(answer.status);
      if (!isExpected) throw new GoogleFailure('request_refused', undefined, String(answer.status));
      await this.connections.recordSuccess(this.access);
      return answer;
    } catch (error) {
      if (!(error instanceof GoogleFailure)) throw error;
      await this.connections.recordFailure(this.access, error.reason);
      throw toAppError(error);
    }
  }

  /** A token that is not accepted is refreshed once. A request that is forbidden is not repeated. */
  private async sendRenewing(call: CalendarCall, access: ConnectionAccess): Promise<GoogleAnswer> {
    const answer = await this.transport.send(call, access.token);
    if (answer.status !== 401) return answer;
    if (this.access === access) this.access = await this.connections.renew(access);
    return this.transport.send(call, this.access.token);
  }
}
