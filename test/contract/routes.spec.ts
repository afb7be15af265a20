import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessGuard, describePermission, Public } from '@/platform/access/access.js';
import { AccessTokenResolver, ApiKeyResolver } from '@/platform/access/actor.js';
import { OperatorAuthorizer } from '@/platform/access/operator-authorizer.js';
import { OrganizationAuthorizer } from '@/platform/access/organization-authorizer.js';
import { RequestAuthenticator } from '@/platform/access/request-authenticator.js';
import { parseConfig } from '@/platform/config/index.js';
import { ErrorFilter } from '@/platform/errors/error-filter.js';
import { Log } from '@/platform/logging/index.js';
import { TestApp } from '../support/app/test-app.js';
import { buildOpenApiDocument, listOperations } from '../support/http/openapi-document.js';
import { expectStatus } from '../support/http/responses.js';
import { declaredRoutes, servedRoutes } from '../support/http/routes.js';

/** The permission of each route. A change of this file is a change of the contract. */
const table = JSON.parse(readFileSync(join(__dirname, 'routes.json'), 'utf8')) as Record<string, string>;

/** The API reference and the guides, which are public and have no controller. */
const DOCUMENTATION = /^GET (\/|\/openapi\.json|\/docs(\*|\/(?!live-demo).*)?)$/;

describe('every route', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('declares its permission', () => {
    const undeclared = declaredRoutes(app).filter(({ access }) => access === undefined);
    expect(undeclared.map(({ handler }) => handler)).toEqual([]);
  });

  it('has the permission of the committed table', () => {
    const declared = declaredRoutes(app).map(({ route, access }) => [
      route,
      access && describePermission(access),
    ]);
    expect(Object.fromEntries(declared)).toEqual(table);
  });

  it('belongs to a controller, except for the documentation', () => {
    const served = servedRoutes(app).filter((route) => !DOCUMENTATION.test(route));
    expect(served.sort()).toEqual(Object.keys(table).sort());
  });

  it('is in the API reference with the same permission, except for pages and routes for operators', () => {
    const documented = listOperations(buildOpenApiDocument(app)).map(({ name, operation }) => [
      name.replace(/\{(\w+)\}/g, ':$1'),
      operation['x-permission'],
    ]);
    const hidden = [
      'GET /.well-known/oauth-authorization-server/*',
      'GET /dev/outbox',
      'GET /docs/live-demo',
      'GET /docs/live-demo/:file',
      'GET /metrics',
      'GET /verify-email',
      'GET /reset-password',
      'GET /revert-email',
      'GET /accept-invitation',
      'GET /unsubscribe',
      'POST /unsubscribe',
    ];
    const expected = Object.entries(table).filter(([route]) => !hidden.includes(route));
    expect(documented.sort()).toEqual(expected.sort());
  });

  it('that requires credentials answers 401 without them, before it validates the request', async () => {
    for (const [route, access] of Object.entries(table)) {
      if (access.startsWith('public')) continue;
      const [method = '', path = ''] = route.split(' ');
      const url = path.replace(/:\w+/g, '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11');
      const refused = await expectStatus(401, app.call(method, `${url}?limit=x`));
      const message = refused.body.detail ?? refused.body.error.message;
      expect([route, message]).toEqual([route, 'Invalid or expired token']);
      expect(refused.headers['www-authenticate']).toBe('Bearer');
    }
  });
});

describe('a route without a declared permission', () => {
  let app: NestFastifyApplication;

  @Controller('new')
  class ControllerWithoutAccess {
    @Get('forgotten')
    forgotten(): string {
      return 'a secret';
    }

    @Get('public')
    @Public()
    open(): string {
      return 'hello';
    }
  }

  const log = new Log(parseConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' }));
  const unusedResolver = { resolve: () => Promise.reject(new Error('must not be called')) };

  @Module({
    controllers: [ControllerWithoutAccess],
    providers: [
      { provide: Log, useValue: log },
      ...[AccessTokenResolver, ApiKeyResolver, OrganizationAuthorizer, OperatorAuthorizer].map((provide) => ({
        provide,
        useValue: unusedResolver,
      })),
      RequestAuthenticator,
      { provide: APP_GUARD, useClass: AccessGuard },
      { provide: APP_FILTER, useClass: ErrorFilter },
    ],
  })
  class SampleModule {}

  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(SampleModule, new FastifyAdapter(), {
      logger: false,
    });
    await app.init();
  });
  afterAll(() => app.close());

  it('answers 404 not_found', async () => {
    const { statusCode, payload } = await app.inject({ url: '/new/forgotten' });
    expect(statusCode).toBe(404);
    expect(JSON.parse(payload)).toMatchObject({ code: 'not_found' });
    expect(payload).not.toContain('a secret');
  });

  it('does not affect other routes of its controller', async () => {
    expect((await app.inject({ url: '/new/public' })).payload).toBe('hello');
  });
});
