import { Module, type OnModuleInit } from '@nestjs/common';
import { OperatorAuthorizer } from '@/platform/access/index.js';
import { MembershipEvents, OrganizationsModule } from '../organizations/index.js';
import { AccountsService } from './accounts.service.js';
import { DataExportRegistry } from './data-export-registry.js';
import { DirectoryService } from './directory.service.js';
import { OperatorPolicy } from './operator-policy.js';
import { DirectoryRepository } from './persistence/directory.repository.js';
import { UserRepository } from './persistence/user.repository.js';
import { UsersService } from './users.service.js';

/** Accounts and profiles. Exports OperatorAuthorizer, a port of the platform that the access guard calls. */
@Module({
  imports: [OrganizationsModule],
  providers: [
    UsersService,
    AccountsService,
    DirectoryService,
    OperatorPolicy,
    DataExportRegistry,
    UserRepository,
    DirectoryRepository,
    { provide: OperatorAuthorizer, useExisting: OperatorPolicy },
  ],
  exports: [
    OperatorAuthorizer,
    OperatorPolicy,
    UsersService,
    AccountsService,
    DirectoryService,
    DataExportRegistry,
  ],
})
export class UsersModule implements OnModuleInit {
  constructor(
    private readonly membershipEvents: MembershipEvents,
    private readonly accounts: AccountsService,
  ) {}

  /** A user who leaves their home organization is no longer managed by it, even if they join it again. */
  onModuleInit(): void {
    this.membershipEvents.onEnded(async ({ organizationId, userId, moved }) => {
      if (!moved) await this.accounts.clearHomeOrganization(userId, organizationId);
    });
  }
}
