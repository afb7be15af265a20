import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import {
  addOrganizationMember,
  givenUserWithId,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const ORGANIZATIONS = 12;
const ROUNDS = 5;

describe('the deletion of an account with many organizations', () => {
  let app: TestApp;
  let nodes: TestApp[];
  let owner: UserWithId;
  let organizationIds: string[];

  beforeAll(async () => {
    app = await TestApp.start();
    // A deadlock then ends with `lock_timeout`, which is answered with 503, and not with a retry. Only superusers may set this.
    await app.sql(`DO $$ BEGIN
      IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
      THEN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = 30000', current_database()); END IF;
    END $$`);
    nodes = [await TestApp.start({ siblingOf: app }), await TestApp.start({ siblingOf: app })];
    owner = await givenUserWithId(app);
    organizationIds = await Promise.all(
      Array.from({ length: ORGANIZATIONS }, (_, n) => givenOrganization(`Org ${n}`)),
    );
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await app.stop();
  });

  async function givenOrganization(name: string): Promise<string> {
    const { body } = await expectStatus(
      201,
      app.post('/api/organizations', { name }, { token: owner.accessToken }),
    );
    return body.id as string;
  }

  async function givenMemberOfAll(): Promise<UserWithId> {
    const user = await givenUserWithId(app);
    for (const organizationId of organizationIds)
      await expectStatus(
        201,
        addOrganizationMember(app, { organizationId, by: owner }, { user_id: user.id, role: 'admin' }),
      );
    return user;
  }

  const node = (index: number): TestApp => nodes[index % nodes.length] as TestApp;

  function erase(user: UserWithId, index: number): Promise<TestResponse> {
    return node(index).call('DELETE', '/api/auth/me', {
      token: user.accessToken,
      body: { password: user.password },
    });
  }

  /** Changes of one member in one organization, one after the other. */
  async function changeMember(
    organizationId: string,
    user: UserWithId,
    index: number,
  ): Promise<TestResponse[]> {
    const url = `/api/organizations/${organizationId}/members/${user.id}`;
    const token = owner.accessToken;
    return [
      await node(index).patch(url, { role: 'member' }, { token }),
      await node(index + 1).delete(url, { token }),
      await addOrganizationMember(
        node(index),
        { organizationId, by: owner },
        { user_id: user.id, role: 'member' },
      ),
      await node(index).patch(
        '/api/auth/me',
        { organization_id: organizationId },
        { token: user.accessToken },
      ),
    ];
  }

  it('meets no deadlock with changes of members in all of them', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const users = [await givenMemberOfAll(), await givenMemberOfAll()];
      const changes = organizationIds.flatMap((id, index) =>
        users.map((user) => changeMember(id, user, index)),
      );
      const erasures = users.map(erase);
      const responses = [...(await Promise.all(erasures)), ...(await Promise.all(changes)).flat()];
      const statuses = new Set(responses.map(({ status }) => status));
      expect([...statuses].filter((status) => status >= 500)).toEqual([]);
      expect((await Promise.all(erasures)).map(({ status }) => status)).toEqual([204, 204]);
      expect(await app.sql('SELECT 1 FROM users WHERE id = ANY($1)', [users.map(({ id }) => id)])).toEqual(
        [],
      );
    }
  });

  it('meets no deadlock with the deletion of the organizations that its user has chosen', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const users = [await givenMemberOfAll(), await givenMemberOfAll(), await givenMemberOfAll()];
      const chosen = await Promise.all([givenOrganization('First'), givenOrganization('Second')]);
      for (const user of users)
        for (const organizationId of chosen)
          await addOrganizationMember(
            app,
            { organizationId, by: owner },
            { user_id: user.id, role: 'member' },
          );
      const choices = users.flatMap(({ accessToken }, index) =>
        chosen.map((id) =>
          node(index).patch('/api/auth/me', { organization_id: id }, { token: accessToken }),
        ),
      );
      const deletions = chosen.map((id, index) =>
        node(index).delete(`/api/organizations/${id}`, { token: owner.accessToken }),
      );
      const responses = await Promise.all([...choices, ...deletions, ...users.map(erase)]);
      expect(responses.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    }
  });
});
