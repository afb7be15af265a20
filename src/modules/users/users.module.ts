import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/index.js';
import { AccountsService } from './accounts.service.js';
import { UserRepository } from './persistence/user.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [OrganizationsModule],
  providers: [UsersService, AccountsService, UserRepository],
  exports: [UsersService, AccountsService],
})
export class UsersModule {}
