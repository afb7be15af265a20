import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { Gate } from '../access/organization-access.service.js';
import { AuditLog } from '../audit/audit-log.service.js';
import { organizationErrors } from '../organizations.errors.js';
import type { Role } from '../organizations.rules.js';
import type { CreateInvitationRequest } from './dto/invitation.requests.js';
import { InvitationResponse } from './dto/invitation.responses.js';
import { InvitationLetters } from './invitation-mailer.js';
import { INVITATION_LIFE, mayInvite } from './invitation.rules.js';
import { InvitationRepository } from './persistence/invitation.repository.js';

/** Inviting people by mail: the address, the role and the mail are kept or lost together. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly invitations: InvitationRepository,
    private readonly letters: InvitationLetters,
    private readonly gate: Gate,
    private readonly audit: AuditLog,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async create(
    actor: OrganizationActor,
    { email, role }: CreateInvitationRequest,
  ): Promise<InvitationResponse> {
    assertMayInvite(actor, role);
    await this.letters.admit(actor.organization.id);
    const id = newId();
    const { token, hash } = this.letters.newToken();
    return this.unitOfWork.run(async () => {
      const held = await this.gate.hold(actor, 'invitations.manage');
      assertMayInvite(held, role);
      const organizationId = held.organization.id;
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
        expires_at: this.clock.after(INVITATION_LIFE),
        accepted_at: null,
      });
      await this.letters.send(organizationId, email, token);
      await this.record(actor, 'invitation.created', id, { role });
      return this.show(organizationId, id);
    });
  }

  /** Another mail with a new link; the old one ends. Whoever sends it answers for the role from now on. */
  async resend(actor: OrganizationActor, id: string): Promise<InvitationResponse> {
    await this.letters.admit(actor.organization.id);
    const { token, hash } = this.letters.newToken();
    return this.unitOfWork.run(async () => {
      const held = await this.gate.hold(actor, 'invitations.manage');
      const organizationId = held.organization.id;
      const { email, role } = await this.show(organizationId, id);
      assertMayInvite(held, role);
      const renewal = { tokenHash: hash, expiresAt: this.clock.after(INVITATION_LIFE), by: actor.userId };
      if (!(await this.invitations.renew(organizationId, id, renewal)))
        throw organizationErrors.invitation_not_pending();
      await this.letters.send(organizationId, email, token);
      await this.record(actor, 'invitation.resent', id, { role });
      return this.show(organizationId, id);
    });
  }

  async revoke(actor: OrganizationActor, id: string): Promise<InvitationResponse> {
    return this.unitOfWork.run(async () => {
      const { organization } = await this.gate.hold(actor, 'invitations.manage');
      await this.show(organization.id, id);
      if (!(await this.invitations.revoke(organization.id, id)))
        throw organizationErrors.invitation_not_pending();
      await this.record(actor, 'invitation.revoked', id);
      return this.show(organization.id, id);
    });
  }

  private async show(organizationId: OrganizationId, id: string): Promise<InvitationResponse> {
    const row = await this.invitations.find(organizationId, id);
    if (!row) throw organizationErrors.invitation_not_found();
    return InvitationResponse.from(row);
  }

  private async record(
    actor: OrganizationActor,
    action: 'invitation.created' | 'invitation.resent' | 'invitation.revoked',
    id: string,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    const { id: organizationId } = actor.organization;
    await this.audit.record(actor, { organizationId, action, target: { type: 'invitation', id }, details });
  }
}

function assertMayInvite({ organization }: OrganizationActor, role: Role): void {
  if (!mayInvite(organization.role, role)) throw organizationErrors.role_insufficient();
}
