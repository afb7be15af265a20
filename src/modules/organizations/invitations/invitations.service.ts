import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { windowById, DIRECTORY_PAGE_SIZE, toPage, type PageQuery } from '@/platform/pagination/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { OrganizationAccessService } from '../access/organization-access.service.js';
import { AuditLogService } from '../audit/audit-log.service.js';
import { organizationErrors } from '../organizations.errors.js';
import type { Role } from '../organizations.rules.js';
import type { CreateInvitationRequest } from './dto/invitation.requests.js';
import { InvitationResponse } from './dto/invitation.responses.js';
import { InvitationMailer } from './invitation-mailer.js';
import { INVITATION_LIFETIME, canInvite } from './invitation.rules.js';
import { InvitationRepository, type InvitationRow } from './persistence/invitation.repository.js';

/** Creates, lists, resends and revokes invitations. The row and its mail job are written in one transaction. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly invitations: InvitationRepository,
    private readonly mailer: InvitationMailer,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Throws `already_member`, `invitation_pending`, `role_insufficient`. */
  async create(
    actor: OrganizationActor,
    { email, role }: CreateInvitationRequest,
  ): Promise<InvitationResponse> {
    assertCanInvite(actor, role);
    const id = newId();
    const { token, hash } = this.mailer.createToken();
    return this.writeAndMail(actor, async () => {
      const authorizedActor = await this.access.lockAndReauthorize(actor, 'invitations.manage');
      assertCanInvite(authorizedActor, role);
      const organizationId = authorizedActor.organization.id;
      if (await this.invitations.isMember(organizationId, email)) throw organizationErrors.already_member();
      await this.invitations.insert({
        id,
        organization_id: organizationId,
        email,
        role,
        status: 'pending',
        token_hash: hash,
        invited_by: actor.userId,
        accepted_by: null,
        created_at: this.clock.now(),
        expires_at: this.clock.after(INVITATION_LIFETIME),
        accepted_at: null,
      });
      await this.mailer.send(organizationId, email, token);
      await this.audit.recordFor(actor, 'invitation.created', { type: 'invitation', id }, { role });
      return this.read(organizationId, id);
    });
  }

  /** Sends a new link and invalidates the old one. The actor becomes the inviter. Throws `invitation_not_pending`. */
  async resend(actor: OrganizationActor, id: string): Promise<InvitationResponse> {
    const { token, hash } = this.mailer.createToken();
    return this.writeAndMail(actor, async () => {
      const authorizedActor = await this.access.lockAndReauthorize(actor, 'invitations.manage');
      const organizationId = authorizedActor.organization.id;
      const { email, role } = await this.find(organizationId, id);
      assertCanInvite(authorizedActor, role);
      const renewal = {
        tokenHash: hash,
        expiresAt: this.clock.after(INVITATION_LIFETIME),
        invitedBy: actor.userId,
      };
      if (!(await this.invitations.renew(organizationId, id, renewal)))
        throw organizationErrors.invitation_not_pending();
      await this.mailer.send(organizationId, email, token);
      await this.audit.recordFor(actor, 'invitation.resent', { type: 'invitation', id }, { role });
      return this.read(organizationId, id);
    });
  }

  /** Throws `invitation_not_pending`. */
  async revoke(actor: OrganizationActor, id: string): Promise<InvitationResponse> {
    return this.unitOfWork.run(async () => {
      const { organization } = await this.access.lockAndReauthorize(actor, 'invitations.manage');
      await this.read(organization.id, id);
      if (!(await this.invitations.revoke(organization.id, id)))
        throw organizationErrors.invitation_not_pending();
      await this.audit.recordFor(actor, 'invitation.revoked', { type: 'invitation', id });
      return this.read(organization.id, id);
    });
  }

  async list({ organization }: OrganizationActor, query: PageQuery): Promise<InvitationResponse[]> {
    const window = windowById(query, DIRECTORY_PAGE_SIZE);
    const rows = await this.invitations.list(organization.id, window);
    return toPage(window, rows, ({ id }) => id).map((row) => InvitationResponse.from(row));
  }

  /** Runs `write` in a transaction, within the limit of mails to chosen addresses. */
  private writeAndMail<T>(actor: OrganizationActor, write: () => Promise<T>): Promise<T> {
    return this.mailer.sendWithinLimit(actor, () => this.unitOfWork.run(write));
  }

  private async read(organizationId: OrganizationId, id: string): Promise<InvitationResponse> {
    return InvitationResponse.from(await this.find(organizationId, id));
  }

  private async find(organizationId: OrganizationId, id: string): Promise<InvitationRow> {
    const row = await this.invitations.find(organizationId, id);
    if (!row) throw organizationErrors.invitation_not_found();
    return row;
  }
}

function assertCanInvite({ organization }: OrganizationActor, role: Role): void {
  if (!canInvite(organization.role, role)) throw organizationErrors.role_insufficient();
}
