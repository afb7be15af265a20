import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { OwnerDirectoryRepository, type OwnerAddresses } from './persistence/owner-directory.repository.js';

/** Finds the owners of an organization for modules that mail them. */
@Injectable()
export class OwnerDirectory {
  constructor(private readonly owners: OwnerDirectoryRepository) {}

  /** Returns the name of the organization, and the mail addresses of its owners whose accounts are active. */
  find(organizationId: OrganizationId): Promise<OwnerAddresses> {
    return this.owners.find(organizationId);
  }
}
