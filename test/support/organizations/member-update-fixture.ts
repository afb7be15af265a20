import type { TestApp, TestResponse } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';
import {
  givenMember,
  givenOwnerWithId,
  type Role,
  storedAuditEvents,
  storedRoles,
  type UserWithId,
} from './given-organizations.js';

/** An owner of two organizations, and a member of the first one, whom the tests update. */
export class MemberUpdateFixture {
  private constructor(
    private readonly app: TestApp,
    readonly owner: UserWithId,
    readonly firstOrganizationId: string,
    readonly secondOrganizationId: string,
    readonly target: UserWithId,
  ) {}

  static async create(app: TestApp): Promise<MemberUpdateFixture> {
    const owner = await givenOwnerWithId(app);
    const { accessToken: token, organizationId } = owner;
    const second = await expectStatus(201, app.post('/api/organizations', { name: 'Second' }, { token }));
    const target = await givenMember(app, { organizationId, by: owner });
    return new MemberUpdateFixture(app, owner, organizationId, second.body.id as string, target);
  }

  update(
    body: object,
    { by = this.owner, at = this.firstOrganizationId, id = this.target.id } = {},
  ): Promise<TestResponse> {
    return this.app.call('PUT', `/api/organizations/${at}/members/${id}`, { token: by.accessToken, body });
  }

  async createTeam(
    name: string,
    organizationId = this.firstOrganizationId,
  ): Promise<{ id: string; name: string }> {
    const url = `/api/organizations/${organizationId}/teams`;
    const { body } = await expectStatus(201, this.app.post(url, { name }, { token: this.owner.accessToken }));
    return { id: body.id, name };
  }

  async getRole(organizationId: string, id = this.target.id): Promise<Role | undefined> {
    return (await storedRoles(this.app, organizationId))[id];
  }

  async listAuditActions(organizationId: string): Promise<string[]> {
    return (await storedAuditEvents(this.app, organizationId)).map(({ action }) => action);
  }
}
