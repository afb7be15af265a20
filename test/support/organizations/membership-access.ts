import { OrganizationAccessService } from '@/modules/organizations/access/organization-access.service.js';
import type {
  DefaultMembershipAccess,
  MembershipAccess,
  MembershipAccessRepository,
} from '@/modules/organizations/access/persistence/membership-access.repository.js';
import type { ApiKeyActor, SessionActor } from '@/platform/access/actor.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';

export const ID = '0190a1b2-0000-7000-8000-00000000000a' as OrganizationId;
export const OTHER_ID = '0190a1b2-0000-7000-8000-00000000000b' as OrganizationId;

export const session: SessionActor = {
  via: 'session',
  userId: 'user',
  sessionId: 'session',
  secondFactor: false,
  passwordAt: new Date(0),
  secondFactorAt: null,
};
export const strongSession: SessionActor = { ...session, secondFactor: true };
export const key: ApiKeyActor = {
  via: 'api_key',
  userId: 'user',
  keyId: 'key',
  organizationId: ID,
  scopes: [],
  secondFactor: false,
};

export function membership(changes: Partial<DefaultMembershipAccess> = {}): DefaultMembershipAccess {
  return {
    organization_id: ID,
    role: 'member',
    self_joined: true,
    enforce_2fa: false,
    explicitly_chosen: true,
    ...changes,
  };
}

/** The memberships of one user in memory, the default one first, and a log of the calls. */
class MembershipsInMemory implements Pick<
  MembershipAccessRepository,
  'find' | 'findDefaultCandidates' | 'markSelfJoined' | 'lockOrganizations' | 'lockShared'
> {
  readonly calls: string[] = [];

  constructor(private readonly memberships: DefaultMembershipAccess[]) {}

  find(organizationId: OrganizationId, userId: string): Promise<MembershipAccess | null> {
    this.calls.push(`find ${organizationId} ${userId}`);
    const found = this.memberships.find(({ organization_id }) => organization_id === organizationId);
    if (!found) return Promise.resolve(null);
    const { organization_id, role, self_joined, enforce_2fa } = found;
    return Promise.resolve({ organization_id, role, self_joined, enforce_2fa });
  }

  findDefaultCandidates(): Promise<DefaultMembershipAccess[]> {
    return Promise.resolve(this.memberships.slice(0, 2));
  }

  markSelfJoined(organizationId: OrganizationId, userId: string): Promise<void> {
    this.calls.push(`mark ${organizationId} ${userId}`);
    return Promise.resolve();
  }

  lockOrganizations(...organizationIds: OrganizationId[]): Promise<void> {
    this.calls.push(`lock ${organizationIds.join(' ')}`);
    return Promise.resolve();
  }

  lockShared(organizationId: OrganizationId): Promise<void> {
    this.calls.push(`share ${organizationId}`);
    return Promise.resolve();
  }
}

export function givenMemberships(...memberships: DefaultMembershipAccess[]): {
  access: OrganizationAccessService;
  calls: string[];
  marks: () => string[];
} {
  const rows = new MembershipsInMemory(memberships);
  const access = new OrganizationAccessService(rows as unknown as MembershipAccessRepository);
  return { access, calls: rows.calls, marks: () => rows.calls.filter((call) => call.startsWith('mark')) };
}
