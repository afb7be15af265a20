import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { OperatorGate } from '@/platform/access/operator-authorizer.js';
import { MembershipEvents, OrganizationsModule } from '../organizations/index.js';
import { AccountsService } from './accounts.service.js';
import { PersonalArchive } from './data-export-registry.js';
import { DirectoryService } from './directory.service.js';
import { Operators } from './operator-policy.js';
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
    Operators,
    PersonalArchive,
    UserRepository,
    DirectoryRepository,
    { provide: OperatorGate, useExisting: Operators },
  ],
  exports: [OperatorGate, UsersService, AccountsService, DirectoryService, PersonalArchive],
})
export class UsersModule implements OnModuleInit {
  constructor(
    private readonly memberships: MembershipEvents,
    private readonly accounts: AccountsService,
  ) {}

  /** Who has left is a guest if they come back: the organization has no power over their account any more. */
  onModuleInit(): void {
    this.memberships.onEnd(async ({ organizationId, userId, moved }) => {
      if (!moved) await this.accounts.leaveHome(userId, organizationId);
    });
  }
}
