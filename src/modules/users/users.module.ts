import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { OperatorAuthorizer } from '@/platform/access/operator-authorizer.js';
import { MembershipEvents, OrganizationsModule } from '../organizations/index.js';
import { AccountsService } from './accounts.service.js';
import { DataExportRegistry } from './data-export-registry.js';
import { DirectoryService } from './directory.service.js';
import { OperatorPolicy } from './operator-policy.js';
import { DirectoryRepository } from './persistence/directory.repository.js';
import { UserRepository } from './persistence/user.repository.js';
import { UsersService } from './users.service.js';

/** Accounts and profiles. Global: the guard asks it who operates the installation. */
@Global()
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
  exports: [OperatorAuthorizer, UsersService, AccountsService, DirectoryService, DataExportRegistry],
})
export class UsersModule implements OnModuleInit {
  constructor(
    private readonly membershipEvents: MembershipEvents,
    private readonly accounts: AccountsService,
  ) {}

  /** Who has left is a guest if they come back: the organization has no power over their account any more. */
  onModuleInit(): void {
    this.membershipEvents.onEnded(async ({ organizationId, userId, moved }) => {
      if (!moved) await this.accounts.clearHomeOrganization(userId, organizationId);
    });
  }
}
