import { Injectable } from '@nestjs/common';
import { MembershipLifecycle } from '@/modules/organizations/index.js';
import { AccountsService } from '@/modules/users/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { CreateUserRequest } from './dto/administration.requests.js';

/** The rows of an account that an organization makes: it is at home there, and a member. */
@Injectable()
export class ProvisionedAccountWriter {
  constructor(
    private readonly accounts: AccountsService,
    private readonly memberships: MembershipLifecycle,
  ) {}

  /** Inside the caller's unit of work; a password set for somebody else has to be changed. Throws `email_taken`. */
  async create(
    organizationId: OrganizationId,
    { email, role, first_name, last_name }: CreateUserRequest,
    hash: string | null,
  ): Promise<string> {
    const userId = await this.accounts.create({ email, password_hash: hash, first_name, last_name });
    if (hash) await this.accounts.setPassword(userId, hash, { mustChange: true });
    await this.accounts.setHomeOrganization(userId, organizationId);
    await this.memberships.create({ organizationId, userId, role, selfJoined: false });
    return userId;
  }
}
