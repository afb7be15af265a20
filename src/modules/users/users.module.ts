import { Module, type OnModuleInit } from '@nestjs/common';
import { MembershipEvents, OrganizationsModule } from '../organizations/index.js';
import { AccountsService } from './accounts.service.js';
import { DirectoryService } from './directory.service.js';
import { Operators } from './operators.js';
import { DirectoryRepository } from './persistence/directory.repository.js';
import { UserRepository } from './persistence/user.repository.js';
import { UsersService } from './users.service.js';

/** Accounts and profiles. */
@Module({
  imports: [OrganizationsModule],
  providers: [
    UsersService,
    AccountsService,
    DirectoryService,
    Operators,
    UserRepository,
    DirectoryRepository,
  ],
  exports: [UsersService, AccountsService, DirectoryService],
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
