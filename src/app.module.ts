import { type DynamicModule, Module } from '@nestjs/common';
import { AiModule } from './modules/ai/index.js';
import { ApiKeysModule } from './modules/api-keys/index.js';
import { AuthModule } from './modules/auth/index.js';
import { ConversationsModule } from './modules/conversations/index.js';
import { IntegrationTokensModule } from './modules/integration-tokens/index.js';
import { IntegrationsModule } from './modules/integrations/index.js';
import { KnowledgeModule } from './modules/knowledge/index.js';
import { LiveModule } from './modules/live/index.js';
import { OrganizationsModule } from './modules/organizations/index.js';
import { ProgressModule } from './modules/progress/index.js';
import { UsersModule } from './modules/users/index.js';
import { WebhooksModule } from './modules/webhooks/index.js';
import { XelModule } from './modules/xel/index.js';
import { HttpModule } from './platform/http.module.js';
import { type AppDependencies, PlatformModule } from './platform/platform.module.js';

/** Modules that authenticate and authorize requests, in the order of the API reference. */
const ACCESS_MODULES = [OrganizationsModule, UsersModule, AuthModule, ApiKeysModule];

@Module({})
export class AppModule {
  static forRoot(dependencies: AppDependencies): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot(dependencies),
        HttpModule.forRoot(ACCESS_MODULES),
        ...ACCESS_MODULES,
        IntegrationTokensModule,
        ConversationsModule,
        AiModule,
        KnowledgeModule,
        LiveModule,
        WebhooksModule,
        ProgressModule,
        XelModule,
        IntegrationsModule,
      ],
    };
  }
}
