import type { OrganizationActor } from '@/platform/access/index.js';
import {
  givenMemberships as given,
  ID,
  key,
  membership,
  OTHER_ID,
  session,
} from '@test/support/organizations/membership-access.js';
import type { Role } from '../organizations.rules.js';

const actorIn = (role: Role): OrganizationActor => ({ ...session, organization: { id: ID, role } });

describe('lockAndReauthorize', () => {
  it('locks first and then reads the role again', async () => {
    const { access, calls } = given(membership({ role: 'owner' }));
    const actor = await access.lockAndReauthorize(actorIn('admin'), 'organization.delete');
    expect(actor.organization).toEqual({ id: ID, role: 'owner' });
    expect(calls).toEqual([`lock ${ID}`, `find ${ID} user`]);
  });

  it('can share its lock', async () => {
    const { access, calls } = given(membership());
    await access.lockAndReauthorize(actorIn('member'), 'api_keys.create', { share: true });
    expect(calls[0]).toBe(`share ${ID}`);
  });

  it('refuses an actor who has lost the role, the membership or the second factor since the request began', async () => {
    const demoted = given(membership({ role: 'member' }));
    await expect(demoted.access.lockAndReauthorize(actorIn('owner'), 'members.add')).rejects.toMatchObject({
      code: 'role_insufficient',
    });
    await expect(given().access.lockAndReauthorize(actorIn('owner'), 'members.add')).rejects.toMatchObject({
      code: 'organization_not_found',
    });
    const enforced = given(membership({ role: 'owner', enforce_2fa: true }));
    await expect(enforced.access.lockAndReauthorize(actorIn('owner'), 'members.add')).rejects.toMatchObject({
      code: 'two_factor_required',
    });
    const options = { allowWithoutSecondFactor: true };
    expect(
      await enforced.access.lockAndReauthorize(actorIn('owner'), 'members.leave', options),
    ).toMatchObject({
      organization: { role: 'owner' },
    });
  });
});

describe('authorizeIn', () => {
  it('checks membership, scope, second factor and role, and locks nothing', async () => {
    const { access, calls } = given(membership({ organization_id: OTHER_ID, role: 'admin' }));
    expect(await access.authorizeIn(session, OTHER_ID, 'members.add')).toMatchObject({ role: 'admin' });
    await expect(access.authorizeIn(session, OTHER_ID, 'organization.delete')).rejects.toMatchObject({
      code: 'role_insufficient',
    });
    for (const [actor, id] of [
      [session, ID],
      [session, 'x'],
      [key, OTHER_ID],
    ] as const)
      await expect(access.authorizeIn(actor, id, 'members.add')).rejects.toMatchObject({
        code: 'organization_not_found',
      });
    expect(calls.filter((call) => !call.startsWith('find'))).toEqual([]);
  });
});
