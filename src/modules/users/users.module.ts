import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/index.js';
import { AccountsService } from './accounts.service.js';
import { DirectoryService } from './directory.service.js';
import { Operators } from './operators.js';
import { DirectoryRepository } from './persistence/directory.repository.js';
import { UserRepository } from './persistence/user.repository.js';
import { UsersService } from './users.service.js';

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
export class UsersModule {}
