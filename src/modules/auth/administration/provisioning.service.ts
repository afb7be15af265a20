import { Injectable } from '@nestjs/common';
import { Gate, organizationErrors, outranks } from '@/modules/organizations/index.js';
import { DirectoryService, type XcUserResponse } from '@/modules/users/index.js';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { NewPassword } from '../passwords/new-password-hasher.js';
import type { CreateUserRequest } from './dto/administration.requests.js';
import { ProvisionedAccounts } from './provisioned-accounts.js';
import { Welcome } from './welcome.js';

/** Accounts that an organization makes for its people. */
@Injectable()
export class ProvisioningService {
  constructor(
    private readonly accounts: ProvisionedAccounts,
    private readonly directory: DirectoryService,
    private readonly newPassword: NewPassword,
    private readonly gate: Gate,
    private readonly welcome: Welcome,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Makes an account whose home is the actor's organization, and mails its owner a link. Throws `email_taken`. */
  async create(actor: OrganizationActor, request: CreateUserRequest): Promise<XcUserResponse> {
    const { email, password, role, first_name, last_name } = request;
    assertMayAdd(actor, request);
    this.welcome.assertPossible(password);
    const hints = [email, first_name, last_name];
    const hash = password === undefined ? null : await this.newPassword.hash(password, hints);
    return this.unitOfWork.run(async () => {
      const held = await this.gate.hold(actor, 'users.manage');
      assertMayAdd(held, request);
      const organizationId = held.organization.id;
      const userId = await this.accounts.open(organizationId, request, hash);
      await this.welcome.send(actor, { organizationId, userId, email, role });
      return this.directory.read(held, userId); // while the actor is held: afterwards nothing may be visible any more
    });
  }
}

function assertMayAdd({ organization }: OrganizationActor, { role }: CreateUserRequest): void {
  if (!outranks(organization.role, role)) throw organizationErrors.role_insufficient();
}
