import { Injectable } from '@nestjs/common';
import { OrganizationAccessService } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';

/** Decides which organization pays for the live sessions of an actor: its plan is the size of the quota. */
@Injectable()
export class LivePayerService {
  constructor(private readonly access: OrganizationAccessService) {}

  /**
   * Returns the requested organization, else the one of the API key, else the primary one of the user, else null. Throws
   * `organization_not_found` for an organization that the actor is not in, and `two_factor_required`.
   */
  async resolve(actor: Actor, requestedId?: string | null): Promise<OrganizationId | null> {
    const membership = requestedId
      ? await this.access.authorizeIn(actor, requestedId.toLowerCase(), 'organization.read')
      : await this.access.authorizeInDefault(actor, 'organization.read');
    return membership && membership.organization_id;
  }
}
