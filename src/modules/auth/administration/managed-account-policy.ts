import { Injectable } from '@nestjs/common';
import { organizationErrors } from '@/modules/organizations/index.js';
import { type DirectoryRow, OperatorPolicy } from '@/modules/users/index.js';
import type { OrganizationActor } from '@/platform/access/index.js';
import { assertAccepted, assertHomeOrganization, assertOutranks } from './administration.rules.js';

/** Decides who may change the account of a user. */
@Injectable()
export class ManagedAccountPolicy {
  constructor(private readonly operatorPolicy: OperatorPolicy) {}

  /** Throws `role_insufficient` or `not_home_organization`. Only operators change the account of an operator. */
  async assertMayChange(actor: OrganizationActor, target: DirectoryRow): Promise<void> {
    if (this.operatorPolicy.isOperator(target) && !(await this.operatorPolicy.isOperatorId(actor.userId)))
      throw organizationErrors.role_insufficient();
    assertOutranks(actor, target);
    assertHomeOrganization(actor, target);
  }

  /** As `assertMayChange`, for the password and the second factor: only of accounts that their users have accepted. */
  async assertMayChangeCredentials(actor: OrganizationActor, target: DirectoryRow): Promise<void> {
    await this.assertMayChange(actor, target);
    assertAccepted(target);
  }
}
