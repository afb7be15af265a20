import { Injectable } from '@nestjs/common';
import type { Actor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { SettlementService } from '../streaks/settlement.service.js';
import { OrganizationVisibilityResponse, type VisibilityResponse } from './dto/visibility.response.js';
import { XpProfileResponse } from './dto/xp-profile.response.js';
import { XpRepository } from './persistence/xp.repository.js';

/** What a learner reads about their own XP. */
@Injectable()
export class XpService {
  constructor(
    private readonly xp: XpRepository,
    private readonly settlement: SettlementService,
    private readonly clock: Clock,
  ) {}

  async readProfile(userId: string): Promise<XpProfileResponse> {
    const state = await this.settlement.refresh(userId);
    const { username } = await this.findAccount(userId);
    const [today] = await this.xp.findDays(userId, state.today, state.today);
    return XpProfileResponse.from(username, state, today, this.clock.now());
  }

  async readVisibility(actor: Actor): Promise<VisibilityResponse> {
    const organizationId = actor.via === 'api_key' ? actor.organizationId : null;
    const { public_profile } = await this.findAccount(actor.userId);
    const rows = await this.xp.findVisibleTo(actor.userId, actor.secondFactor, organizationId);
    return { public_profile, organizations: rows.map((row) => OrganizationVisibilityResponse.from(row)) };
  }

  private async findAccount(userId: string): Promise<{ username: string; public_profile: boolean }> {
    const account = await this.xp.findAccount(userId);
    if (!account) throw platformErrors.token_invalid();
    return account;
  }
}
