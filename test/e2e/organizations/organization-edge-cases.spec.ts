import { TestApp } from '@test/support/app/test-app.js';
import { givenOwner, type TestOwner, givenUser, PASSWORD } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

describe('edge cases of organizations', () => {
  let app: TestApp;
  let owner: TestOwner;
  let url: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    owner = await givenOwner(app);
    url = `/api/organizations/${owner.organizationId}`;
  });
  afterAll(() => app.stop());

  it.each([-8_640_000_000_000_000n, -210_866_889_600_000n, 8_640_000_000_000_000n])(
    'a member list rejects a cursor at %s milliseconds',
    async (millis) => {
      const at = Buffer.alloc(8);
      at.writeBigInt64BE(millis);
      const cursor = Buffer.concat([at, Buffer.alloc(16, 7)]).toString('base64url');
      const { body } = await expectStatus(
        400,
        app.get(`${url}/members?cursor=${cursor}`, { token: owner.accessToken }),
      );
      expect(body.detail.fields).toMatchObject([{ path: 'cursor' }]);
    },
  );

  it.each(['Bank\n\nhttps://evil.example/accept-invitation?token=abc', 'a\u202Eb', '\u200B', 'a\u2028b'])(
    'an organization cannot have the name %j, which could forge the text of its mails',
    async (name) => {
      const call = app.patch(url, { name }, { token: owner.accessToken });
      expect((await expectStatus(400, call)).body.detail.fields).toMatchObject([{ path: 'name' }]);
    },
  );

  it('an account whose user left and was added again is no longer managed by the organization', async () => {
    const made = { email: `made-${Date.now()}@example.com`, password: 'quiet maple thunder' };
    const token = owner.accessToken;
    const { body: person } = await expectStatus(201, app.post('/api/v1/users', made, { token }));
    await expectStatus(200, app.patch(`/api/v1/users/${person.id}`, { first_name: 'Ada' }, { token }));
    await expectStatus(204, app.delete(`${url}/members/${person.id}`, { token }));
    await expectStatus(201, app.post(`${url}/members`, { email: made.email }, { token }));
    const takeOver = app.patch(`/api/v1/users/${person.id}`, { password: PASSWORD }, { token });
    expect((await expectStatus(403, takeOver)).body.code).toBe('not_home_organization');
  });

  it('a session without the required second factor sees only the name of the organization', async () => {
    const token = owner.accessToken;
    const secret = { tax_id: 'DE123', billing_email: 'billing@example.com', settings: { plan: 'x' } };
    await expectStatus(200, app.patch('/api/v1/organization', secret, { token }));
    expect((await app.get('/api/v1/users/me', { token })).body.organization).toMatchObject(secret);
    await app.sql('UPDATE organizations SET enforce_2fa = true WHERE id = $1', [owner.organizationId]);
    const { body: me } = await expectStatus(200, app.get('/api/v1/users/me', { token }));
    expect(me.organization).toMatchObject({
      id: owner.organizationId,
      enforce_2fa: true,
      tax_id: null,
      billing_email: null,
      settings: {},
    });
    await expectStatus(200, app.patch('/api/v1/users/me', { ...me, first_name: 'Grace' }, { token }));
  });

  it('a list read in pages of one row omits and repeats nothing', async () => {
    const token = owner.accessToken;
    for (let count = 0; count < 4; count += 1)
      await expectStatus(201, app.post(`${url}/members`, { email: (await givenUser(app)).email }, { token }));
    const whole = (await app.get(`${url}/members`, { token })).body as { user_id: string }[];
    const seen: string[] = [];
    for (let next: string | undefined = `${url}/members?limit=1`; next;) {
      const { body, headers } = await expectStatus(200, app.get(next, { token }));
      seen.push(body[0].user_id as string);
      next = /<(.+)>/.exec(headers.link ?? '')?.[1];
    }
    expect(seen).toEqual(whole.map(({ user_id }) => user_id));
  });
});
