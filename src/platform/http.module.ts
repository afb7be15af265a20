import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access/access.js';
import { RequestAuthenticator } from './access/request-authenticator.js';
import { ErrorFilter } from './errors/error-filter.js';
import { EventStreams } from './sse/event-streams.js';
import { ContentTypeGuard } from './validation/content-type.guard.js';
import { WebSockets } from './web-sockets/index.js';

/** Guards and filter of every request. Nest runs the guards in the order of this list. */
@Global()
@Module({})
export class HttpModule {
  /**
   * `accessModules` export the ports of the access guard: AccessTokenResolver, ApiKeyResolver, OrganizationAuthorizer and
   * OperatorAuthorizer.
   */
  static forRoot(accessModules: Type[]): DynamicModule {
    return {
      module: HttpModule,
      imports: accessModules,
      providers: [
        RequestAuthenticator,
        EventStreams,
        WebSockets,
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useClass: ContentTypeGuard },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
      exports: [RequestAuthenticator, EventStreams, WebSockets],
    };
  }
}
