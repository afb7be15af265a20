import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Pool } from 'pg';
import { createApp } from '@/app.js';
import { parseConfig } from '@/platform/config/index.js';
import type { Log } from '@/platform/logging/index.js';
import { cloneDatabase, type TestDatabase } from '../database/databases.js';
import { trackApp } from './open-apps.js';
import { TestClock } from './test-clock.js';
import { TEST_APP_SECRET } from './test-secret.js';

export interface TestRequest {
  body?: unknown;
  form?: Record<string, string>;
  /** A form with a file. */
  multipart?: FormData;
  token?: string;
  headers?: Record<string, string>;
}

export interface TestResponse<Body = Record<string, never>> {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a client sees untyped JSON
  body: any;
  headers: Record<string, string>;
  text: string;
  typedBody: () => Body;
}

export interface TestAppOptions {
  env?: Record<string, string>;
  /** Starts another node on the database and with the clock of this application. */
  siblingOf?: TestApp;
  /** Seconds by which the clock of this process is ahead of the clock that tests move. */
  clockAheadBy?: number;
  /** A database that the application owns from now on; a clone of the template by default. */
  database?: TestDatabase;
  /** The log; silent by default. */
  log?: Log;
}

/** The application on a database of its own, with a clock that tests move and the development outbox. */
export class TestApp {
  private readonly pool: Pool;

  private constructor(
    readonly nest: NestFastifyApplication,
    readonly clock: TestClock,
    readonly databaseUrl: string,
    private readonly dropDatabase: () => Promise<void>,
  ) {
    this.pool = new Pool({ connectionString: databaseUrl, max: 4 });
    this.pool.on('error', () => undefined); // tests terminate idle connections
  }

  /** Starts an application, which the end of the spec file stops at the latest. */
  static start(options: TestAppOptions = {}): Promise<TestApp> {
    return trackApp(TestApp.launch(options));
  }

  private static async launch({
    env = {},
    siblingOf: sibling,
    clockAheadBy = 0,
    database: ownDatabase,
    log,
  }: TestAppOptions): Promise<TestApp> {
    const database = sibling
      ? { url: sibling.databaseUrl, drop: async () => undefined }
      : (ownDatabase ?? (await cloneDatabase()));
    const clock = sibling?.clock ?? new TestClock();
    const config = parseConfig({
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      DATABASE_POOL_MAX: '12',
      APP_SECRET: TEST_APP_SECRET,
      PASSWORD_BCRYPT_COST: '4',
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'silent',
      ...env,
    });
    const ownClock = clockAheadBy === 0 ? clock : clock.aheadBy(clockAheadBy);
    const app = await createApp({ config, clock: ownClock, log });
    return new TestApp(app, clock, database.url, database.drop);
  }

  async stop(): Promise<void> {
    await Promise.all([this.nest.close(), this.pool.end()]);
    await this.dropDatabase();
  }

  async call(
    method: string,
    url: string,
    { body, form, multipart, token, headers = {} }: TestRequest = {},
  ): Promise<TestResponse> {
    const encoded = multipart && new Response(multipart);
    const payload = encoded
      ? Buffer.from(await encoded.arrayBuffer())
      : form
        ? new URLSearchParams(form).toString()
        : body === undefined
          ? undefined
          : JSON.stringify(body);
    const type =
      encoded?.headers.get('content-type') ??
      (form ? 'application/x-www-form-urlencoded' : 'application/json');
    const response = await this.nest.inject({
      method: method as 'GET',
      url,
      payload,
      headers: {
        ...(payload === undefined ? {} : { 'content-type': type }),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
    });
    const { statusCode, payload: text } = response;
    const parsed =
      text && /json/.test(String(response.headers['content-type'])) ? (JSON.parse(text) as never) : undefined;
    return {
      status: statusCode,
      body: parsed,
      text,
      headers: response.headers as never,
      typedBody: () => parsed as never,
    };
  }

  get(url: string, call?: TestRequest): Promise<TestResponse> {
    return this.call('GET', url, call);
  }

  post(url: string, body?: unknown, call: TestRequest = {}): Promise<TestResponse> {
    return this.call('POST', url, { body, ...call });
  }

  patch(url: string, body: unknown, call: TestRequest = {}): Promise<TestResponse> {
    return this.call('PATCH', url, { body, ...call });
  }

  delete(url: string, call?: TestRequest): Promise<TestResponse> {
    return this.call('DELETE', url, call);
  }

  /** Returns the mails to an address in the development outbox, newest first. */
  async mails(
    to: string,
  ): Promise<{ subject: string; text: string; html: string; to: string; sent_at: string }[]> {
    return (await this.get(`/dev/outbox?to=${encodeURIComponent(to)}`, { headers: { host: 'localhost' } }))
      .body as never;
  }

  async lastCode(to: string): Promise<string> {
    const [mail] = await this.mails(to);
    return /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? '';
  }

  async lastLinkToken(to: string, page: string): Promise<string> {
    const mail = (await this.mails(to)).find(({ text }) => text.includes(`/${page}?token=`));
    return /token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
  }

  /** Queries the database, for checks of stored data that the API does not show. */
  async sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(text, values)).rows;
  }
}
