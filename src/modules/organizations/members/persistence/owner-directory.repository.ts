import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';

export interface OwnerAddresses {
  name: string;
  addresses: string[];
}

const FIND = {
  name: 'memberships.owner_addresses',
  text: `SELECT o.name, coalesce(array_agg(u.email::text ORDER BY m.joined_at, u.id) FILTER (WHERE u.is_active), '{}') AS addresses
         FROM organizations o
         JOIN memberships m ON m.organization_id = o.id AND m.role = 'owner'
         JOIN users u ON u.id = m.user_id
         WHERE o.id = $1 GROUP BY o.id`,
};

/** The mail addresses of owners. */
@Injectable()
export class OwnerDirectoryRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async find(organizationId: OrganizationId): Promise<OwnerAddresses> {
    const [row] = await this.unitOfWork.query<OwnerAddresses>(FIND, [organizationId]);
    return row ?? { name: '', addresses: [] };
  }
}
