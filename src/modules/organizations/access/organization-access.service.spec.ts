import type { FastifyRequest } from 'fastify';
import type { ApiKeyActor, SessionActor, OrganizationRequirement } from '@/platform/access/index.js';
import {
  givenMemberships as given,
  ID,
  key,
  membership,
  OTHER_ID,
  session,
  strongSession,
} from '@test/support/organizations/membership-access.js';
import { inOrganization } from './organization-requirement.js';
import type { DefaultMembershipAccess } from './persistence/membership-access.repository.js';

function request(
  parts: Partial<Record<'method' | 'params' | 'query' | 'body', unknown>> = {},
): FastifyRequest {
  return { method: 'POST', params: {}, query: {}, ...parts } as FastifyRequest;
}

const inPath = (id: string): FastifyRequest => request({ params: { org_id: id } });
const fromPath = inOrganization('members.read');
const fromPrimary = inOrganization('organization.read', { from: 'primary' });
const fromTenant = inOrganization('integration_tokens.verify', { from: 'tenant' });
const fromBody = inOrganization('api_keys.create', { from: 'body' });

describe('authorize in the organization that the request names', () => {
  it('returns the actor with the id and the role', async () => {
    const { access } = given(membership({ role: 'team_manager' }));
    expect(await access.authorize(session, fromPath, inPath(ID.toUpperCase()))).toEqual({
      ...session,
      organization: { id: ID, role: 'team_manager' },
    });
    expect(await access.authorize(key, fromBody, request({ body: { organization_id: ID } }))).toMatchObject({
      via: 'api_key',
      organization: { id: ID },
    });
  });

  it.each(['', 'x', "' OR 1=1 --", OTHER_ID])('answers 404 for %j without a membership', async (id) => {
    const { access, calls } = given(membership());
    await expect(access.authorize(session, fromPath, inPath(id))).rejects.toMatchObject({
      status: 404,
      code: 'organization_not_found',
    });
    expect(calls).toEqual(id === OTHER_ID ? [`find ${OTHER_ID} user`] : []);
  });

  it('does not even look for an organization outside of the scope of an API key', async () => {
    const { access, calls } = given(membership(), membership({ organization_id: OTHER_ID, role: 'owner' }));
    await expect(access.authorize(key, fromPath, inPath(OTHER_ID))).rejects.toMatchObject({
      code: 'organization_not_found',
    });
    expect(calls).toEqual([]);
  });

  it('requires a role with the permission and names both', async () => {
    const { access } = given(membership({ role: 'member' }));
    await expect(access.authorize(session, inOrganization('members.add'), inPath(ID))).rejects.toMatchObject({
      status: 403,
      detail: { role: 'member', action: 'members.add' },
    });
  });

  it('names one of the two roles of the XC API in the primary organization', async () => {
    const requirement = inOrganization('users.manage', { from: 'primary' });
    const { access } = given(membership({ role: 'team_manager' }));
    await expect(access.authorize(session, requirement, inPath(ID))).rejects.toMatchObject({
      detail: { role: 'member', action: 'users.manage' },
    });
  });
});

describe('a second factor that the organization requires', () => {
  const weak = membership({ enforce_2fa: true, role: 'member' });

  it('is asked of sessions and API keys that were created without one', async () => {
    const { access } = given(weak);
    for (const actor of [session, key])
      await expect(access.authorize(actor, fromPath, inPath(ID))).rejects.toMatchObject({
        status: 403,
        code: 'two_factor_required',
      });
    for (const actor of [strongSession, { ...key, secondFactor: true }])
      expect(await access.authorize(actor, fromPath, inPath(ID))).toMatchObject({ secondFactor: true });
  });

  it('is checked before the role, so that its absence reveals nothing about the role', async () => {
    const { access } = given(weak);
    await expect(
      access.authorize(session, inOrganization('organization.delete'), inPath(ID)),
    ).rejects.toMatchObject({ code: 'two_factor_required' });
  });

  it('is not asked by a route that allows sessions without one', async () => {
    const { access } = given(weak);
    const leave = inOrganization('members.leave', { allowWithoutSecondFactor: true });
    expect(await access.authorize(session, leave, inPath(ID))).toMatchObject({ organization: { id: ID } });
  });
});

describe('authorize without a named organization', () => {
  it('answers no_organization when the user has none', async () => {
    const { access } = given();
    for (const [requirement, status] of [
      [fromPrimary, 404],
      [fromTenant, 400],
    ] as const)
      await expect(access.authorize(session, requirement, request())).rejects.toMatchObject({
        status,
        code: 'no_organization',
      });
    await expect(access.authorize(key, fromTenant, request())).rejects.toMatchObject({
      code: 'no_organization',
    });
  });

  it('takes the first of several organizations as the primary one', async () => {
    const { access } = given(
      membership({ explicitly_chosen: false }),
      membership({ organization_id: OTHER_ID }),
    );
    expect(await access.authorize(session, fromPrimary, request())).toMatchObject({
      organization: { id: ID },
    });
  });

  it.each([
    ['the only organization', [membership({ explicitly_chosen: false })]],
    [
      'the first of several',
      [membership({ explicitly_chosen: false }), membership({ organization_id: OTHER_ID })],
    ],
    ['a chosen one of several', [membership(), membership({ organization_id: OTHER_ID })]],
  ])('takes %s as the tenant', async (_, memberships) => {
    const { access } = given(...memberships);
    expect(await access.authorize(session, fromTenant, request())).toMatchObject({
      organization: { id: ID },
    });
  });

  it('takes the organization of the API key as the tenant, whatever the user prefers', async () => {
    const { access } = given(
      membership({ organization_id: OTHER_ID }),
      membership({ explicitly_chosen: false }),
    );
    expect(await access.authorize(key, fromTenant, request())).toMatchObject({ organization: { id: ID } });
  });

  it('requires organization_id where it is read from the body', async () => {
    const { access } = given(membership());
    await expect(access.authorize(session, fromBody, request({ body: {} }))).rejects.toMatchObject({
      status: 400,
    });
  });
});

describe('a membership that another user created', () => {
  const added = membership({ self_joined: false });

  it.each<
    [
      string,
      SessionActor | ApiKeyActor,
      DefaultMembershipAccess,
      OrganizationRequirement,
      FastifyRequest,
      boolean,
    ]
  >([
    ['a session that names it', session, added, fromPath, inPath(ID), true],
    ['a session whose primary or home organization it is', session, added, fromPrimary, request(), true],
    [
      'a session for which it is only the default',
      session,
      { ...added, explicitly_chosen: false },
      fromPrimary,
      request(),
      false,
    ],
    ['an API key', key, added, fromPath, inPath(ID), false],
    ['a membership that is self-joined already', session, membership(), fromPath, inPath(ID), false],
    [
      'leaving',
      session,
      added,
      inOrganization('members.leave', { allowWithoutSecondFactor: true }),
      inPath(ID),
      false,
    ],
  ])('%s: the use counts as joining', async (_, actor, row, requirement, parts, expected) => {
    const { access, marks } = given(row);
    await access.authorize(actor, requirement, parts);
    expect(marks()).toEqual(expected ? [`mark ${ID} user`] : []);
  });

  it('is not marked when the actor is refused', async () => {
    const { access, marks } = given({ ...added, enforce_2fa: true });
    await expect(access.authorize(session, fromPath, inPath(ID))).rejects.toThrow();
    await expect(
      access.authorize(strongSession, inOrganization('members.add'), inPath(ID)),
    ).rejects.toThrow();
    expect(marks()).toEqual([]);
  });
});
