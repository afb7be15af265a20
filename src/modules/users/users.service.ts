import { Injectable } from '@nestjs/common';
import type { SessionActor } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { assertUnchanged } from '@/platform/validation/request-pipe.js';
import { BelongingService, organizationErrors, XcOrganizationResponse } from '../organizations/index.js';
import type { UpdateProfileRequest } from './dto/update-profile.request.js';
import type { UpdateXcUserRequest } from './dto/update-xc-user.request.js';
import { UserProfileResponse } from './dto/user-profile.response.js';
import { XcUserResponse } from './dto/xc-user.response.js';
import { Operators } from './operator-policy.js';
import type { User } from './persistence/user.entity.js';
import { UserRepository } from './persistence/user.repository.js';
import { splitName } from './users.rules.js';

/** A person's own profile, on both faces. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UserRepository,
    private readonly belonging: BelongingService,
    private readonly unitOfWork: UnitOfWork,
    private readonly operators: Operators,
    private readonly clock: Clock,
  ) {}

  async profile(userId: string): Promise<UserProfileResponse> {
    const profile = await this.users.profile(userId);
    if (!profile) throw platformErrors.token_invalid();
    return UserProfileResponse.from(profile, this.operators.include(profile));
  }

  /** One's own account for a session: one that is weak does not see into an organization that requires more. */
  async xcMe({ userId, secondFactor }: SessionActor): Promise<XcUserResponse> {
    const user = await this.xcUser(userId);
    const { organization } = user;
    if (!organization?.enforce_2fa || secondFactor) return user;
    return { ...user, organization: XcOrganizationResponse.closed(organization) };
  }

  async xcUser(userId: string): Promise<XcUserResponse> {
    const account = await this.users.account(userId);
    if (!account) throw platformErrors.token_invalid();
    return XcUserResponse.from(account, this.operators.include(account));
  }

  async updateProfile(userId: string, request: UpdateProfileRequest): Promise<UserProfileResponse> {
    const present = await this.profile(userId);
    assertUnchanged(request, present);
    const { full_name, nickname, avatar_url, language, timezone, username, organization_id } = request;
    // Sent back unchanged it is not split anew: `Ada` and `de Lovelace` stay as they are.
    const renamed = full_name !== undefined && full_name !== present.full_name;
    const name = renamed ? splitName(full_name ?? '') : {};
    const primary = await this.primaryChange(present, organization_id);
    await this.unitOfWork.run(async () => {
      await this.rename(present, username);
      const changes = { ...name, nickname, avatar_url, language, timezone, ...primary };
      await this.users.update(userId, { ...changes, updated_at: this.clock.now() });
      // What was primary anyway, sent back with the rest of a profile, is not an act of theirs.
      if (primary.primary_organization_id && organization_id !== present.organization_id)
        await this.belonging.accept(primary.primary_organization_id, userId);
    });
    return this.profile(userId);
  }

  async updateXcUser(actor: SessionActor, request: UpdateXcUserRequest): Promise<XcUserResponse> {
    const { userId } = actor;
    const present = await this.xcMe(actor);
    assertUnchanged(request, present);
    const { first_name, last_name, phone_number, email_preferences } = request;
    const preferences = email_preferences && { ...present.email_preferences, ...defined(email_preferences) };
    await this.users.update(userId, {
      first_name: first_name === null ? '' : first_name,
      last_name: last_name === null ? '' : last_name,
      phone_number,
      email_preferences: preferences,
      updated_at: this.clock.now(),
    });
    return this.xcMe(actor);
  }

  private async rename(present: UserProfileResponse, username: string | undefined): Promise<void> {
    if (username === undefined || username === present.username) return;
    const renamed = await this.users.rename(present.id, username, this.clock.now());
    if (!renamed) throw platformErrors.field_read_only({ facts: { field: 'username' } });
  }

  private async primaryChange(
    present: UserProfileResponse,
    chosen: string | null | undefined,
  ): Promise<Pick<Partial<User>, 'primary_organization_id'>> {
    if (chosen === undefined) return {};
    if (chosen === null) return { primary_organization_id: null };
    const organizationId = await this.belonging.among(chosen, present.id);
    if (!organizationId) throw organizationErrors.organization_not_found();
    return { primary_organization_id: organizationId };
  }
}

function defined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
