import { Injectable } from '@nestjs/common';
import {
  OrganizationAccessService,
  organizationErrors,
  canManageRole,
} from '@/modules/organizations/index.js';
import { DirectoryService, type XcUserResponse } from '@/modules/users/index.js';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { NewPasswordHasher } from '../passwords/new-password-hasher.js';
import type { CreateUserRequest } from './dto/administration.requests.js';
import { ProvisionedAccountWriter } from './provisioned-accounts.js';
import { WelcomeMailer } from './welcome.js';

/** Accounts that an organization makes for its people. */
@Injectable()
export class ProvisioningService {
  constructor(
    private readonly accountWriter: ProvisionedAccountWriter,
    private readonly directory: DirectoryService,
    private readonly newPasswordHasher: NewPasswordHasher,
    private readonly organizationAccess: OrganizationAccessService,
    private readonly welcomeMailer: WelcomeMailer,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Makes an account whose home is the actor's organization, and mails its owner a link. Throws `email_taken`. */
  async create(actor: OrganizationActor, request: CreateUserRequest): Promise<XcUserResponse> {
    const { email, password, role, first_name, last_name } = request;
    assertMayAssignRole(actor, request);
    this.welcomeMailer.assertDeliverable(password);
    const hints = [email, first_name, last_name];
    const hash = password === undefined ? null : await this.newPasswordHasher.hash(password, hints);
    return this.unitOfWork.run(async () => {
      const authorizedActor = await this.organizationAccess.lockAndReauthorize(actor, 'users.manage');
      assertMayAssignRole(authorizedActor, request);
      const organizationId = authorizedActor.organization.id;
      const userId = await this.accountWriter.create(organizationId, request, hash);
      await this.welcomeMailer.send(actor, { organizationId, userId, email, role });
      return this.directory.read(authorizedActor, userId); // while the actor is held: afterwards nothing may be visible any more
    });
  }
}

function assertMayAssignRole({ organization }: OrganizationActor, { role }: CreateUserRequest): void {
  if (!canManageRole(organization.role, role)) throw organizationErrors.role_insufficient();
}
