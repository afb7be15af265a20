import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { windowById, DIRECTORY_PAGE_SIZE, toPage, type PageQuery } from '@/platform/pagination/index.js';
import { TwoFactorImpactResponse } from './dto/two-factor-impact.response.js';
import { TwoFactorImpactRepository } from './persistence/two-factor-impact.repository.js';

/** Lists the members who would be affected if the organization required two-factor authentication. */
@Injectable()
export class TwoFactorImpactService {
  constructor(
    private readonly impact: TwoFactorImpactRepository,
    private readonly clock: Clock,
  ) {}

  async preview({ organization }: OrganizationActor, query: PageQuery): Promise<TwoFactorImpactResponse[]> {
    const window = windowById(query, DIRECTORY_PAGE_SIZE);
    const rows = await this.impact.list(organization.id, window, this.clock.now());
    return toPage(window, rows, ({ user_id }) => user_id).map((row) => TwoFactorImpactResponse.from(row));
  }
}
