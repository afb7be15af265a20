import { Injectable } from '@nestjs/common';
import type { Actor, OrganizationActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { AccessChangeNotifier } from '@/platform/events/index.js';
import { changedFields } from '@/platform/kernel/changed-fields.js';
import { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { windowById, toPage, type PageQuery } from '@/platform/pagination/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { assertUnchanged } from '@/platform/validation/index.js';
import { OrganizationAccessService } from './access/organization-access.service.js';
import { AuditLogService } from './audit/audit-log.service.js';
import type { UpdateOrganizationRequest } from './dto/organization.requests.js';
import { OrganizationResponse } from './dto/organization.response.js';
import type { UpdateXcOrganizationRequest } from './dto/update-xc-organization.request.js';
import { XcOrganizationResponse } from './dto/xc-organization.response.js';
import type { Organization } from './persistence/organization.entity.js';
import { OrganizationRepository } from './persistence/organization.repository.js';

/** Reads, updates and deletes organizations, for the Xentree API and the XC API. */
@Injectable()
export class OrganizationsService {
  constructor(
    private readonly organizations: OrganizationRepository,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
    private readonly accessChanges: AccessChangeNotifier,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, query: PageQuery): Promise<OrganizationResponse[]> {
    const window = windowById(query);
    const rows =
      actor.via === 'api_key'
        ? [await this.organizations.find(actor.organizationId, actor.userId)]
        : await this.organizations.list(actor.userId, window);
    return toPage(window, rows, ({ id }) => id).map((row) => OrganizationResponse.from(row));
  }

  findName(organizationId: OrganizationId): Promise<string> {
    return this.organizations.findName(organizationId);
  }

  async read({ userId, organization }: OrganizationActor): Promise<OrganizationResponse> {
    return OrganizationResponse.from(await this.organizations.find(organization.id, userId));
  }

  async readXc({ userId, organization }: OrganizationActor): Promise<XcOrganizationResponse> {
    return XcOrganizationResponse.from(await this.organizations.find(organization.id, userId));
  }

  async update(actor: OrganizationActor, request: UpdateOrganizationRequest): Promise<OrganizationResponse> {
    const { name, description, enforce_2fa, transcript_retention_days } = request;
    const changes = { name, description, enforce_2fa, transcript_retention_days };
    return this.unitOfWork.run(async () => {
      const authorizedActor = await this.access.lockAndReauthorize(actor, 'organization.update');
      assertUnchanged(request, await this.read(authorizedActor));
      await this.applyChanges(authorizedActor, changes);
      return this.read(authorizedActor);
    });
  }

  async updateXc(
    actor: OrganizationActor,
    request: UpdateXcOrganizationRequest,
  ): Promise<XcOrganizationResponse> {
    const { name, settings, address, phone_number, tax_id, billing_email, enforce_2fa } = request;
    const changes = { name, settings, address, phone_number, tax_id, billing_email, enforce_2fa };
    return this.unitOfWork.run(async () => {
      const authorizedActor = await this.access.lockAndReauthorize(actor, 'organization.update');
      assertUnchanged(request, await this.readXc(authorizedActor));
      await this.applyChanges(authorizedActor, changes);
      return this.readXc(authorizedActor);
    });
  }

  /** Deletes the organization and, by foreign keys, everything that belongs to it. */
  async delete(actor: OrganizationActor): Promise<void> {
    await this.unitOfWork.run(async () => {
      const authorizedActor = await this.access.lockAndReauthorize(actor, 'organization.delete');
      const { id } = authorizedActor.organization;
      await this.organizations.delete(id);
      await this.accessChanges.publishOrganizationChange(id);
      await this.audit.recordFor(authorizedActor, 'organization.deleted', { type: 'organization', id });
    });
  }

  private async applyChanges(actor: OrganizationActor, requested: Partial<Organization>): Promise<void> {
    const { id } = actor.organization;
    const current = await this.organizations.find(id, actor.userId);
    const changes = changedFields(current, requested);
    const fields = Object.keys(changes);
    if (fields.length === 0) return;
    if (changes.enforce_2fa && !(actor.via === 'session' && actor.secondFactor))
      throw platformErrors.two_factor_required();
    await this.organizations.update(id, { ...changes, updated_at: this.clock.now() });
    const { enforce_2fa } = changes;
    if (enforce_2fa !== undefined) await this.accessChanges.publishOrganizationChange(id);
    const details = { fields, enforce_2fa };
    await this.audit.recordFor(actor, 'organization.updated', { type: 'organization', id }, details);
  }
}
