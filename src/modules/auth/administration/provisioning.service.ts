import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '../../../platform/http/actor.js';
import { UnitOfWork } from '../../../platform/persistence/index.js';
import { Gate, Memberships, organizationErrors, outranks } from '../../organizations/index.js';
import { AccountsService } from '../../users/index.js';
import type { CreateUserRequest } from '../dto/administration.requests.js';
import { NewPassword } from '../passwords/new-password.js';
import { Welcome } from './welcome.js';

/** Accounts that an organization makes for its people. */
@Injectable()
export class ProvisioningService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly newPassword: NewPassword,
    private readonly memberships: Memberships,
    private readonly gate: Gate,
    private readonly welcome: Welcome,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Makes an account whose home is the actor's organization, and mails its owner a link. Throws `email_taken`. */
  async create(actor: OrganizationActor, request: CreateUserRequest): Promise<string> {
    const { email, password, role, first_name, last_name } = request;
    assertMayAdd(actor, request);
    this.welcome.assertPossible(password);
    const hints = [email, first_name, last_name];
    const hash = password === undefined ? null : await this.newPassword.hash(password, hints);
    return this.unitOfWork.run(async () => {
      const held = await this.gate.hold(actor, 'users.manage');
      assertMayAdd(held, request);
      const organizationId = held.organization.id;
      const userId = await this.accounts.create({ email, password_hash: hash, first_name, last_name });
      if (hash) await this.accounts.setPassword(userId, hash, { mustChange: true });
      await this.accounts.homeIn(userId, organizationId);
      await this.memberships.begin({ organizationId, userId, role, ownAct: false });
      await this.welcome.send(actor, { organizationId, userId, email, role });
      return userId;
    });
  }
}

function assertMayAdd({ organization }: OrganizationActor, { role }: CreateUserRequest): void {
  if (!outranks(organization.role, role)) throw organizationErrors.role_insufficient();
}
