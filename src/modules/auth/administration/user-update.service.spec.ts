import type { AuditLogService, MembershipLifecycle, Role } from '@/modules/organizations/index.js';
import type {
  DirectoryRow,
  DirectoryService,
  OperatorPolicy,
  XcUserResponse,
} from '@/modules/users/index.js';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { AppError } from '@/platform/errors/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { ChosenAddressLimiter } from '@/platform/mail/index.js';
import type { UpdateUserRequest } from './dto/administration.requests.js';
import { ManagedAccountPolicy } from './managed-account-policy.js';
import type { ManagedAccountService } from './managed-account.service.js';
import { UserUpdateService } from './user-update.service.js';

const HOME = '01970000-0000-7000-8000-000000000001' as OrganizationId;
const ELSEWHERE = '01970000-0000-7000-8000-000000000002' as OrganizationId;

/** A user of the directory, and a record of every write. */
class Fixture {
  readonly writes: string[] = [];
  target = {
    id: 'target',
    role: 'member' as Role,
    home_organization_id: HOME,
    accepted_at: new Date(0),
  } as DirectoryRow;
  operators: string[] = [];
  isLastOwner = false;

  private readonly shown = {
    email: 'ada@example.com',
    first_name: 'Ada',
    last_name: 'Lovelace',
    phone_number: null,
    is_active: true,
  } as unknown as XcUserResponse;

  private readonly chosenAddresses = {
    count: async (chooser: object, send: () => Promise<unknown>) => {
      this.writes.push(`mail ${JSON.stringify(chooser)}`);
      return send();
    },
  } as unknown as ChosenAddressLimiter;

  readonly service = new UserUpdateService(
    { find: async () => this.target, read: async () => this.shown } as unknown as DirectoryService,
    {
      changeRole: async (_organization: string, id: string, from: Role, to: Role) =>
        void this.writes.push(`role ${id} ${from} ${to}`),
      assertOtherOwner: async () => {
        if (this.isLastOwner) throw new AppError('last_owner', 'conflict', 'last owner');
      },
    } as unknown as MembershipLifecycle,
    {
      lock: async () => undefined,
      resetTwoFactor: async () => void this.writes.push('two-factor'),
      updateContactDetails: async () => void this.writes.push('contact'),
      setEmail: async (_id: string, email: string) => void this.writes.push(`email ${email}`),
      setPassword: async (_id: string, hash: string) => void this.writes.push(`password ${hash}`),
      setActive: async (_id: string, active: boolean) => void this.writes.push(`active ${active}`),
    } as unknown as ManagedAccountService,
    new ManagedAccountPolicy({
      isOperator: ({ id }: { id: string }) => this.operators.includes(id),
      isOperatorId: async (id: string) => this.operators.includes(id),
    } as unknown as OperatorPolicy),
    {
      recordFor: async (_actor: unknown, action: string) => void this.writes.push(`audit ${action}`),
    } as unknown as AuditLogService,
    this.chosenAddresses,
  );

  async apply(role: Role, request: UpdateUserRequest, hash: string | null = null): Promise<string> {
    const actor = {
      via: 'session',
      userId: 'actor',
      organization: { id: HOME, role },
    } as OrganizationActor;
    return this.service.apply(actor, this.target.id, request, hash).then(
      () => 'applied',
      (error: AppError) => error.code ?? error.message,
    );
  }
}

describe('UserUpdateService', () => {
  let fixture: Fixture;

  beforeEach(() => {
    fixture = new Fixture();
  });

  it('writes nothing, not even to the audit log, for an update without changes', async () => {
    expect(await fixture.apply('admin', { first_name: 'Ada', is_active: true, role: 'member' })).toBe(
      'applied',
    );
    expect(await fixture.apply('admin', {})).toBe('applied');
    expect(fixture.writes).toEqual([]);
  });

  it('allows an update without changes even to an actor who may not change the user', async () => {
    fixture.target = { ...fixture.target, role: 'owner' };
    expect(await fixture.apply('admin', { first_name: 'Ada' })).toBe('applied');
    expect(await fixture.apply('admin', { first_name: 'Eve' })).toBe('role_insufficient');
    expect(fixture.writes).toEqual([]);
  });

  it('changes the role of a user of another home organization, but nothing else', async () => {
    fixture.target = { ...fixture.target, home_organization_id: ELSEWHERE };
    expect(await fixture.apply('owner', { role: 'admin' })).toBe('applied');
    expect(fixture.writes).toEqual(['role target member admin', 'audit member.role_changed']);
    for (const request of [{ first_name: 'Eve' }, { email: 'eve@example.com' }, { is_active: false }])
      expect(await fixture.apply('owner', request)).toBe('not_home_organization');
    expect(fixture.writes).toHaveLength(2);
  });

  it('sets no password of an account that its user has not accepted, but corrects its address', async () => {
    fixture.target = { ...fixture.target, accepted_at: null };
    expect(await fixture.apply('owner', { password: 'x' }, 'new-hash')).toBe('not_home_organization');
    expect(await fixture.apply('owner', { email: 'eve@example.com', is_active: false })).toBe('applied');
    expect(fixture.writes).toEqual([
      'contact',
      'email eve@example.com',
      'active false',
      'audit user.updated',
    ]);
  });

  it('lets only operators change the account of an operator', async () => {
    fixture.operators = ['target'];
    const requests = [{ first_name: 'Eve' }, { email: 'eve@example.com' }, { is_active: false }];
    for (const request of requests) expect(await fixture.apply('owner', request)).toBe('role_insufficient');
    expect(await fixture.apply('owner', { password: 'x' }, 'new-hash')).toBe('role_insufficient');
    expect(fixture.writes).toEqual([]);
    fixture.operators = ['target', 'actor'];
    expect(await fixture.apply('owner', { first_name: 'Eve' })).toBe('applied');
  });

  it('does not let an actor assign a role above its own', async () => {
    expect(await fixture.apply('admin', { role: 'owner' })).toBe('role_insufficient');
    expect(await fixture.apply('admin', { role: 'admin' })).toBe('applied');
    expect(fixture.writes).toEqual(['role target member admin', 'audit member.role_changed']);
  });

  it('writes all changes of one request, with one audit entry per kind', async () => {
    const request: UpdateUserRequest = {
      email: 'eve@example.com',
      first_name: 'Eve',
      password: 'x',
      is_active: false,
      role: 'team_manager',
    };
    expect(await fixture.apply('owner', request, 'new-hash')).toBe('applied');
    expect(fixture.writes).toEqual([
      'role target member team_manager',
      'audit member.role_changed',
      'contact',
      'email eve@example.com',
      'password new-hash',
      'active false',
      'audit user.updated',
    ]);
  });

  it('does not let owners change their own e-mail address here', async () => {
    fixture.target = { ...fixture.target, id: 'actor', role: 'owner' };
    expect(await fixture.apply('owner', { email: 'eve@example.com' })).toBe('field_read_only');
    expect(fixture.writes.some((write) => write.startsWith('email'))).toBe(false);
    expect(await fixture.apply('owner', { first_name: 'Eve' })).toBe('applied');
  });

  it('does not close the account of the last owner', async () => {
    fixture.target = { ...fixture.target, role: 'owner' };
    fixture.isLastOwner = true;
    expect(await fixture.apply('owner', { is_active: false })).toBe('last_owner');
    expect(fixture.writes).not.toContain('active false');
    fixture.isLastOwner = false;
    expect(await fixture.apply('owner', { is_active: false })).toBe('applied');
  });

  it.each(['team_manager', 'member'] as const)('refuses every change by a %s', async (role) => {
    fixture.target = { ...fixture.target, role };
    for (const request of [{ role: 'admin' as const }, { first_name: 'Eve' }, { is_active: false }])
      expect(await fixture.apply(role, request)).toBe('role_insufficient');
    expect(fixture.writes).toEqual([]);
  });
});
