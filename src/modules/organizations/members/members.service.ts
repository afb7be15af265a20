import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { HOUR } from '@/platform/kernel/durations.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { type RateLimitPolicy, RateLimiter } from '@/platform/limits/index.js';
import { windowByTime, DIRECTORY_PAGE_SIZE, toPage } from '@/platform/pagination/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { OrganizationAccessService } from '../access/organization-access.service.js';
import { AuditLogService } from '../audit/audit-log.service.js';
import { organizationErrors } from '../organizations.errors.js';
import { canGrantRole, canManageRole, type Role } from '../organizations.rules.js';
import type { AddMemberRequest, MemberQuery } from './dto/member.requests.js';
import { MemberResponse } from './dto/member.response.js';
import { MembershipLifecycle } from './membership-lifecycle.js';
import { MembershipRepository } from './persistence/membership.repository.js';

/** Identifiers of no user: enough attempts for typing errors, too few to find out who has an account. */
const UNKNOWN_USER_LIMIT: RateLimitPolicy = { name: 'member-misses', limit: 30, window: HOUR };

/** Lists, adds, changes and removes the members of an organization. */
@Injectable()
export class MembersService {
  constructor(
    private readonly members: MembershipRepository,
    private readonly memberships: MembershipLifecycle,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
    private readonly limiter: RateLimiter,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async list({ organization }: OrganizationActor, query: MemberQuery): Promise<MemberResponse[]> {
    const window = windowByTime(query, DIRECTORY_PAGE_SIZE);
    const rows = await this.members.list(organization.id, window, query.team_id);
    const pageRows = toPage(window, rows, ({ joined_at: at, user_id: id }) => ({ at, id }));
    return pageRows.map((row) => MemberResponse.from(row));
  }

  /** Throws `user_not_found`, `already_member`, `role_insufficient`. */
  async add(actor: OrganizationActor, { role, ...identifiers }: AddMemberRequest): Promise<MemberResponse> {
    const userId = await this.resolveUserId(actor, identifiers);
    return this.unitOfWork.run(async () => {
      const { organization } = await this.access.lockAndReauthorize(actor, 'members.add');
      if (!canManageRole(organization.role, role)) throw organizationErrors.role_insufficient();
      await this.memberships.create({
        organizationId: organization.id,
        userId,
        role,
        selfJoined: false,
        addedBy: actor,
      });
      await this.audit.recordFor(actor, 'member.added', { type: 'user', id: userId }, { role });
      return this.read(organization.id, userId);
    });
  }

  /** Throws `member_not_found`, `role_insufficient`, `last_owner`. */
  async changeRole(actor: OrganizationActor, userId: string, role: Role): Promise<MemberResponse> {
    return this.unitOfWork.run(async () => {
      const { organization } = await this.access.lockAndReauthorize(actor, 'members.update');
      const from = await this.memberships.getRole(organization.id, userId);
      if (!canManageRole(organization.role, from) || !canGrantRole(organization.role, role))
        throw organizationErrors.role_insufficient();
      if (from !== role) {
        await this.memberships.changeRole(organization.id, userId, from, role);
        await this.audit.recordFor(
          actor,
          'member.role_changed',
          { type: 'user', id: userId },
          { from, to: role },
        );
      }
      return this.read(organization.id, userId);
    });
  }

  /** Removes another member; a member who removes themself leaves, which every role may do. */
  async remove(actor: OrganizationActor, userId: string): Promise<void> {
    if (userId === actor.userId) return this.leave(actor);
    await this.unitOfWork.run(async () => {
      const { organization } = await this.access.lockAndReauthorize(actor, 'members.remove');
      const role = await this.memberships.getRole(organization.id, userId);
      if (!canManageRole(organization.role, role)) throw organizationErrors.role_insufficient();
      await this.memberships.end({ organizationId: organization.id, userId, role, endedBy: actor.userId });
      await this.audit.recordFor(actor, 'member.removed', { type: 'user', id: userId }, { role });
    });
  }

  /** Throws `member_not_found`. */
  async read(organizationId: OrganizationId, userId: string): Promise<MemberResponse> {
    const row = await this.members.find(organizationId, userId);
    if (!row) throw organizationErrors.member_not_found();
    return MemberResponse.from(row);
  }

  private async leave(actor: OrganizationActor): Promise<void> {
    await this.unitOfWork.run(async () => {
      const { organization } = await this.access.lockAndReauthorize(actor, 'members.leave', {
        allowWithoutSecondFactor: true,
      });
      const { userId } = actor;
      const { id: organizationId, role } = organization;
      await this.memberships.end({ organizationId, userId, role, endedBy: userId });
      await this.audit.recordFor(actor, 'member.left', { type: 'user', id: userId }, { role });
    });
  }

  private async resolveUserId(
    actor: OrganizationActor,
    identifiers: Omit<AddMemberRequest, 'role'>,
  ): Promise<string> {
    const given = Object.values(identifiers).filter((identifier) => identifier !== undefined);
    if (given.length !== 1)
      throw invalidField('user_id', 'one_of', 'give exactly one of user_id, email and username');
    const userId = await this.members.findUserId(identifiers);
    if (userId) return userId;
    await this.limiter.consume(UNKNOWN_USER_LIMIT, actor.userId);
    throw organizationErrors.user_not_found();
  }
}
