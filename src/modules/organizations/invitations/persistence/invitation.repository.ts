import { Injectable } from '@nestjs/common';
import { organizationErrors } from '@/modules/organizations/organizations.errors.js';
import type { Role } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import {
  defineKeyset,
  keysetQuery,
  RepositoryBase,
  mapConstraintErrors,
  UnitOfWork,
} from '@/platform/persistence/index.js';
import { Invitation } from './invitation.entity.js';

export type InvitationRow = Invitation & { invited_by_email: string | null };

/** A pending invitation with the current role of its inviter. */
export interface InvitationDetails {
  id: string;
  organization_id: OrganizationId;
  organization_name: string;
  email: string;
  role: Role;
  /** Null when the inviter is no longer a member, or their account is deactivated. */
  inviter_role: Role | null;
}

const WITH_INVITER =
  'i.*, u.email AS invited_by_email FROM invitations i LEFT JOIN users u ON u.id = i.invited_by';

const LIST = defineKeyset(
  'invitations.list',
  'i.id < $3::uuid',
  (after) => `SELECT ${WITH_INVITER} WHERE i.organization_id = $1 ${after} ORDER BY i.id DESC LIMIT $2`,
);

const FIND = {
  name: 'invitations.find',
  text: `SELECT ${WITH_INVITER} WHERE i.organization_id = $1 AND i.id = $2`,
};

const REVOKE_EXPIRED = {
  name: 'invitations.revoke_expired',
  text: `UPDATE invitations SET status = 'revoked'
         WHERE organization_id = $1 AND email = $2 AND status = 'pending' AND expires_at <= $3`,
};

const IS_MEMBER = {
  name: 'invitations.is_member',
  text: `SELECT m.id FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.organization_id = $1 AND u.email = $2`,
};

const RENEW = {
  name: 'invitations.renew',
  text: `UPDATE invitations SET token_hash = $3, expires_at = $4, invited_by = $5
         WHERE organization_id = $1 AND id = $2 AND status = 'pending' RETURNING id`,
};

const REVOKE = {
  name: 'invitations.revoke',
  text: `UPDATE invitations SET status = 'revoked'
         WHERE organization_id = $1 AND id = $2 AND status = 'pending' RETURNING id`,
};

const FIND_PENDING_BY_TOKEN = {
  name: 'invitations.find_pending_by_token',
  text: `SELECT i.id, i.organization_id, o.name AS organization_name, i.email, i.role, m.role AS inviter_role
         FROM invitations i JOIN organizations o ON o.id = i.organization_id
         LEFT JOIN users u ON u.id = i.invited_by AND u.is_active
         LEFT JOIN memberships m ON m.organization_id = i.organization_id AND m.user_id = u.id
         WHERE i.token_hash = ANY($1::bytea[]) AND i.status = 'pending' AND i.expires_at > $2`,
};

const LOCK_USER = {
  name: 'invitations.lock_user',
  text: 'SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE',
};

const ACCEPT = {
  name: 'invitations.accept',
  text: `UPDATE invitations SET status = 'accepted', accepted_at = $3, accepted_by = $4
         WHERE organization_id = $1 AND id = $2 AND status = 'pending' AND expires_at > $3 RETURNING id`,
};

const OF_USER = `organization_id = $1 AND status = 'pending' AND email = (SELECT u.email FROM users u WHERE u.id = $2)`;

const ACCEPT_OF_USER = {
  name: 'invitations.accept_of_user',
  text: `UPDATE invitations SET status = 'accepted', accepted_at = $3, accepted_by = $2 WHERE ${OF_USER} RETURNING id`,
};

const REVOKE_OF_USER = {
  name: 'invitations.revoke_of_user',
  text: `UPDATE invitations SET status = 'revoked' WHERE ${OF_USER} RETURNING id`,
};

const CONSTRAINTS = { invitations_pending_key: organizationErrors.invitation_pending };

@Injectable()
export class InvitationRepository extends RepositoryBase<Invitation> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Invitation);
  }

  list(organizationId: OrganizationId, window: PageWindow<string>): Promise<InvitationRow[]> {
    return this.query<InvitationRow>(...keysetQuery(LIST, [organizationId], window));
  }

  async find(organizationId: OrganizationId, id: string): Promise<InvitationRow | undefined> {
    return this.one<InvitationRow>(FIND, [organizationId, id]);
  }

  isMember(organizationId: OrganizationId, email: string): Promise<boolean> {
    return this.affectedOneRow(IS_MEMBER, [organizationId, email]);
  }

  /** Revokes an expired invitation to the same address first. Throws `invitation_pending` when one is still valid. */
  async insert(invitation: Invitation): Promise<void> {
    const { organization_id, email, created_at } = invitation;
    await this.query(REVOKE_EXPIRED, [organization_id, email, created_at]);
    await mapConstraintErrors(CONSTRAINTS, () => this.rows.insert(invitation));
  }

  /** Replaces the token, the expiry and the inviter. Returns false when the invitation is not pending. */
  renew(
    organizationId: OrganizationId,
    id: string,
    { tokenHash, expiresAt, invitedBy }: { tokenHash: Buffer; expiresAt: Date; invitedBy: string },
  ): Promise<boolean> {
    return this.affectedOneRow(RENEW, [organizationId, id, tokenHash, expiresAt, invitedBy]);
  }

  /** Returns false when the invitation is not pending. */
  revoke(organizationId: OrganizationId, id: string): Promise<boolean> {
    return this.affectedOneRow(REVOKE, [organizationId, id]);
  }

  async findPendingByToken(hashes: Buffer[], now: Date): Promise<InvitationDetails | undefined> {
    return this.one<InvitationDetails>(FIND_PENDING_BY_TOKEN, [hashes, now]);
  }

  /** Locks the account that accepts an invitation. Its row is locked before the rows of its invitations. */
  async lockUser(userId: string): Promise<void> {
    await this.query(LOCK_USER, [userId]);
  }

  /** Returns true for exactly one of several concurrent calls. */
  accept(organizationId: OrganizationId, id: string, now: Date, userId: string): Promise<boolean> {
    return this.affectedOneRow(ACCEPT, [organizationId, id, now, userId]);
  }

  /** Accepts the pending invitation to the address of a user, and returns its id. */
  async acceptOfUser(organizationId: OrganizationId, userId: string, now: Date): Promise<string | undefined> {
    return (await this.one<{ id: string }>(ACCEPT_OF_USER, [organizationId, userId, now]))?.id;
  }

  /** Revokes the pending invitation to the address of a user, and returns its id. */
  async revokeOfUser(organizationId: OrganizationId, userId: string): Promise<string | undefined> {
    return (await this.one<{ id: string }>(REVOKE_OF_USER, [organizationId, userId]))?.id;
  }

  async deleteByEmail(email: string): Promise<void> {
    await this.rows.delete({ email });
  }
}
