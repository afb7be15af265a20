import { Injectable } from '@nestjs/common';
import type { SessionActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { changedFields } from '@/platform/kernel/changed-fields.js';
import { Clock } from '@/platform/kernel/clock.js';
import { TimeZones, UnitOfWork } from '@/platform/persistence/index.js';
import { assertUnchanged } from '@/platform/validation/index.js';
import {
  UserOrganizationsService,
  organizationErrors,
  XcOrganizationResponse,
} from '../organizations/index.js';
import type { UpdateProfileRequest } from './dto/update-profile.request.js';
import type { UpdateXcUserRequest } from './dto/update-xc-user.request.js';
import { UserProfileResponse } from './dto/user-profile.response.js';
import { XcUserResponse } from './dto/xc-user.response.js';
import { OperatorPolicy } from './operator-policy.js';
import type { User } from './persistence/user.entity.js';
import { UserRepository } from './persistence/user.repository.js';
import { splitName } from './users.rules.js';

/** The caller's own profile, for the Xentree API and the XC API. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UserRepository,
    private readonly userOrganizations: UserOrganizationsService,
    private readonly unitOfWork: UnitOfWork,
    private readonly operatorPolicy: OperatorPolicy,
    private readonly clock: Clock,
    private readonly timeZones: TimeZones,
  ) {}

  async readProfile(userId: string): Promise<UserProfileResponse> {
    const profile = await this.users.findProfile(userId);
    if (!profile) throw platformErrors.token_invalid();
    return UserProfileResponse.from(profile, this.operatorPolicy.isOperator(profile));
  }

  /** Redacts the organization when it requires a second factor that the session has not used. */
  async readOwnXcUser({ userId, secondFactor }: SessionActor): Promise<XcUserResponse> {
    const user = await this.readXcUser(userId);
    const { organization } = user;
    if (!organization?.enforce_2fa || secondFactor) return user;
    return { ...user, organization: XcOrganizationResponse.redacted(organization) };
  }

  async readXcUser(userId: string): Promise<XcUserResponse> {
    const row = await this.users.findXcUser(userId);
    if (!row) throw platformErrors.token_invalid();
    return XcUserResponse.from(row, this.operatorPolicy.isOperator(row));
  }

  /** Writes only what changes: a client may send back the profile that it read. */
  async updateProfile(userId: string, request: UpdateProfileRequest): Promise<UserProfileResponse> {
    const current = await this.readProfile(userId);
    assertUnchanged(request, current);
    const { full_name, nickname, avatar_url, language, public_profile, username, organization_id } = request;
    const timezone = request.timezone && (await this.timeZones.normalize('timezone', request.timezone));
    const changes = changedFields<ProfileFields>(current, {
      full_name,
      nickname,
      avatar_url,
      language,
      timezone,
      public_profile,
    });
    const primaryChange = await this.resolvePrimaryChange(current, organization_id);
    await this.unitOfWork.run(async () => {
      if (primaryChange.primary_organization_id)
        await this.userOrganizations.lockShared(primaryChange.primary_organization_id);
      await this.changeUsername(current, username);
      await this.applyChanges(userId, { ...toColumns(changes), ...primaryChange });
      if (primaryChange.primary_organization_id)
        await this.userOrganizations.markSelfJoined(primaryChange.primary_organization_id, userId);
    });
    return this.readProfile(userId);
  }

  async updateXcUser(actor: SessionActor, request: UpdateXcUserRequest): Promise<XcUserResponse> {
    const { userId } = actor;
    const current = await this.readOwnXcUser(actor);
    assertUnchanged(request, current);
    const { first_name, last_name, phone_number, email_preferences } = request;
    const requested = {
      first_name: first_name === '' ? null : first_name,
      last_name: last_name === '' ? null : last_name,
      phone_number,
      email_preferences: email_preferences && {
        ...current.email_preferences,
        ...omitUndefined(email_preferences),
      },
    };
    const changes = changedFields<XcUserFields>(current, requested);
    await this.applyChanges(userId, {
      ...changes,
      ...('first_name' in changes ? { first_name: changes.first_name ?? '' } : {}),
      ...('last_name' in changes ? { last_name: changes.last_name ?? '' } : {}),
    } as Partial<User>);
    return this.readOwnXcUser(actor);
  }

  private async applyChanges(userId: string, changes: Partial<User>): Promise<void> {
    if (Object.keys(changes).length > 0)
      await this.users.update(userId, { ...changes, updated_at: this.clock.now() });
  }

  private async changeUsername(current: UserProfileResponse, username: string | undefined): Promise<void> {
    if (username === undefined || username === current.username) return;
    const changed = await this.users.changeUsername(current.id, username, this.clock.now());
    if (!changed) throw platformErrors.field_read_only({ data: { field: 'username' } });
  }

  /** The choice of the organization that is the primary one already changes nothing. */
  private async resolvePrimaryChange(
    current: UserProfileResponse,
    chosenId: string | null | undefined,
  ): Promise<Pick<Partial<User>, 'primary_organization_id'>> {
    if (chosenId === undefined || chosenId === current.organization_id) return {};
    if (chosenId === null) {
      const user = await this.users.find(current.id);
      return user?.primary_organization_id ? { primary_organization_id: null } : {};
    }
    const organizationId = await this.userOrganizations.findOrganizationId(chosenId, current.id);
    if (!organizationId) throw organizationErrors.organization_not_found();
    return { primary_organization_id: organizationId };
  }
}

type ProfileFields = Pick<
  UserProfileResponse,
  'full_name' | 'nickname' | 'avatar_url' | 'language' | 'timezone' | 'public_profile'
>;
type XcUserFields = Pick<XcUserResponse, 'first_name' | 'last_name' | 'phone_number' | 'email_preferences'>;

/** An unchanged full name is not split again: `Ada` and `de Lovelace` would become `Ada de` and `Lovelace`. */
function toColumns({ full_name, ...columns }: Partial<ProfileFields>): Partial<User> {
  return { ...columns, ...(full_name === undefined ? {} : splitName(full_name ?? '')) };
}

function omitUndefined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
