import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import { changedFields } from '@/platform/kernel/changed-fields.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { windowById, toPage, type PageQuery } from '@/platform/pagination/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { assertUnchanged } from '@/platform/validation/index.js';
import { OrganizationAccessService } from '../access/organization-access.service.js';
import { AuditLogService } from '../audit/audit-log.service.js';
import { organizationErrors } from '../organizations.errors.js';
import { type CreateTeamRequest, TeamResponse, type UpdateTeamRequest } from './dto/team.dto.js';
import type { Team } from './persistence/team.entity.js';
import { TeamRepository } from './persistence/team.repository.js';

@Injectable()
export class TeamsService {
  constructor(
    private readonly teams: TeamRepository,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async list({ organization }: OrganizationActor, query: PageQuery): Promise<TeamResponse[]> {
    const window = windowById(query);
    const rows = await this.teams.list(organization.id, window);
    return toPage(window, rows, ({ id }) => id).map((row) => TeamResponse.from(row));
  }

  async create(actor: OrganizationActor, { name, description }: CreateTeamRequest): Promise<TeamResponse> {
    const id = newId();
    const now = this.clock.now();
    return this.unitOfWork.run(async () => {
      const { organization } = await this.access.lockAndReauthorize(actor, 'teams.manage');
      await this.teams.insert({
        id,
        organization_id: organization.id,
        name,
        description: description ?? null,
        created_at: now,
        updated_at: now,
      });
      await this.audit.recordFor(actor, 'team.created', { type: 'team', id }, { name });
      return this.read(organization.id, id);
    });
  }

  async update(actor: OrganizationActor, teamId: string, request: UpdateTeamRequest): Promise<TeamResponse> {
    const { name, description } = request;
    return this.unitOfWork.run(async () => {
      const { organization } = await this.access.lockAndReauthorize(actor, 'teams.manage');
      const current = await this.read(organization.id, teamId);
      assertUnchanged(request, current);
      const changes = changedFields<Pick<Team, 'name' | 'description'>>(current, { name, description });
      if (Object.keys(changes).length === 0) return current;
      await this.teams.update(organization.id, teamId, { ...changes, updated_at: this.clock.now() });
      const fields = Object.keys(changes);
      await this.audit.recordFor(actor, 'team.updated', { type: 'team', id: teamId }, { fields });
      return this.read(organization.id, teamId);
    });
  }

  async delete(actor: OrganizationActor, teamId: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const { organization } = await this.access.lockAndReauthorize(actor, 'teams.manage');
      if (!(await this.teams.delete(organization.id, teamId))) throw organizationErrors.team_not_found();
      await this.audit.recordFor(actor, 'team.deleted', { type: 'team', id: teamId });
    });
  }

  /** Throws `team_not_found`. */
  async assertExists(organizationId: OrganizationId, teamId: string): Promise<void> {
    await this.read(organizationId, teamId);
  }

  private async read(organizationId: OrganizationId, teamId: string): Promise<TeamResponse> {
    const row = await this.teams.find(organizationId, teamId);
    if (!row) throw organizationErrors.team_not_found();
    return TeamResponse.from(row);
  }
}
