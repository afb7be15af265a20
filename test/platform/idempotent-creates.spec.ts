import { Client } from 'pg';
import { givenConversation } from '../support/ai/conversations.js';
import { TestApp, type TestResponse } from '../support/app/test-app.js';
import { expectStatus } from '../support/http/responses.js';
import { givenUserWithId, type UserWithId } from '../support/organizations/given-organizations.js';

interface Create {
  url: string;
  body: object;
  /** What differs in the body of another request. */
  change?: object;
  table: string;
}

/** Operations that claim their key in the transaction of their effect. */
describe('a create with an idempotency key', () => {
  let app: TestApp;
  let sibling: TestApp;
  let ada: UserWithId;
  let organizationId: string;
  let count = 0;

  beforeAll(async () => {
    app = await TestApp.start();
    sibling = await TestApp.start({ siblingOf: app });
    ada = await givenUserWithId(app);
    const organization = await send(
      app,
      { url: '/api/organizations', body: { name: 'Otters' }, table: '' },
      'organization',
    );
    organizationId = organization.body.id as string;
  });
  afterAll(async () => {
    await sibling.stop();
    await app.stop();
  });

  const send = (node: TestApp, { url, body }: Create, key: string): Promise<TestResponse> =>
    node.post(url, body, { token: ada.accessToken, headers: { 'idempotency-key': key } });

  const rowsOf = async ({ table }: Create): Promise<number> =>
    (await app.sql<{ count: number }>(`SELECT count(*)::int FROM ${table}`))[0]?.count ?? -1;

  const isReplayed = (response: TestResponse): boolean => response.headers['idempotent-replayed'] === 'true';

  const CREATES: [string, () => Create][] = [
    [
      'a conversation',
      () => ({
        url: '/api/core/conversations',
        body: { title: 'x' },
        change: { title: 'y' },
        table: 'conversations',
      }),
    ],
    [
      'a note',
      () => ({ url: '/api/core/notes', body: { content: 'x' }, change: { content: 'y' }, table: 'notes' }),
    ],
    [
      'a team',
      () => ({
        url: `/api/organizations/${organizationId}/teams`,
        body: { name: `team ${(count += 1)}` },
        change: { name: 'Ducks' },
        table: 'teams',
      }),
    ],
    [
      'an organization',
      () => ({
        url: '/api/organizations',
        body: { name: 'More otters' },
        change: { name: 'Ducks' },
        table: 'organizations',
      }),
    ],
    [
      'an API key',
      () => ({
        url: '/api/api-keys',
        body: { name: 'x', organization_id: organizationId, scopes: ['conversations:read'] },
        change: { name: 'y' },
        table: 'api_keys',
      }),
    ],
  ];

  describe.each(CREATES)('of %s', (what, define) => {
    it('acts once for 20 parallel requests on two nodes', async () => {
      const create = define();
      const before = await rowsOf(create);
      const responses = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          send(index % 2 ? app : sibling, create, `parallel ${what}`.replaceAll(' ', '-')),
        ),
      );
      const first = responses.filter((response) => response.status === 201 && !isReplayed(response));
      expect(first).toHaveLength(1);
      for (const { status, body } of responses)
        if (status === 201) expect(body).toEqual(first[0]?.body);
        else expect([status, body.code]).toEqual([409, 'idempotency_in_progress']);
      expect(await rowsOf(create)).toBe(before + 1);
      expect(
        isReplayed(await expectStatus(201, send(sibling, create, `parallel ${what}`.replaceAll(' ', '-')))),
      ).toBe(true);
    });

    it('leaves nothing when its response cannot be stored, and acts when it is repeated', async () => {
      const create = define();
      const key = `unstored-${what}`.replaceAll(' ', '-');
      const before = await rowsOf(create);
      await app.sql(
        `CREATE FUNCTION refuse_answer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'crash'; END $$`,
      );
      await app.sql(
        `CREATE TRIGGER refuse_answer BEFORE UPDATE ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION refuse_answer()`,
      );
      try {
        expect((await send(app, create, key)).status).toBe(500);
      } finally {
        await app.sql('DROP FUNCTION refuse_answer CASCADE');
      }
      expect(await rowsOf(create)).toBe(before);
      const repeated = await expectStatus(201, send(app, create, key));
      expect([isReplayed(repeated), await rowsOf(create)]).toEqual([false, before + 1]);
    });

    it('is refused at once while the first request is running', async () => {
      const create = define();
      const key = `running-${what}`.replaceAll(' ', '-');
      const blocker = new Client({ connectionString: app.databaseUrl });
      await blocker.connect();
      try {
        await blocker.query(`BEGIN; LOCK TABLE ${create.table} IN EXCLUSIVE MODE`);
        const first = send(app, create, key);
        await waitForLock();
        const second = await expectStatus(409, send(sibling, create, key));
        expect(second.body.code).toBe('idempotency_in_progress');
        await blocker.query('COMMIT');
        expect(isReplayed(await expectStatus(201, first))).toBe(false);
        expect(isReplayed(await expectStatus(201, send(sibling, create, key)))).toBe(true);
      } finally {
        await blocker.end();
      }
    });

    it('is refused with another body', async () => {
      const create = define();
      const key = `other-${what}`.replaceAll(' ', '-');
      await expectStatus(201, send(app, create, key));
      const other = { ...create, body: { ...create.body, ...create.change } };
      const refused = await expectStatus(409, send(sibling, other, key));
      expect(refused.body.code).toBe('idempotency_key_reused');
    });
  });

  it('keeps a final refusal, and replays its response when the same request would now be refused', async () => {
    const conversation_id = await givenConversation(app, ada);
    const create = { url: '/api/core/notes', body: { content: 'x', conversation_id }, table: 'notes' };
    const first = await expectStatus(201, send(app, create, 'linked'));
    await expectStatus(
      204,
      app.call('DELETE', `/api/core/conversations/${conversation_id}`, { token: ada.accessToken }),
    );
    const again = await expectStatus(201, send(app, create, 'linked'));
    expect([isReplayed(again), again.body]).toEqual([true, first.body]);
    for (const replayed of [false, true]) {
      const refused = await expectStatus(404, send(app, create, 'unlinked'));
      expect([isReplayed(refused), refused.body.code]).toEqual([replayed, 'conversation_not_found']);
    }
  });

  async function waitForLock(): Promise<void> {
    const waiting = `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    for (let tries = 0; tries < 500; tries += 1) {
      if (((await app.sql<{ count: number }>(waiting))[0]?.count ?? 0) > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('No request waits.');
  }

  it('shows a secret once, also to parallel requests on two processes', async () => {
    const url = `/api/organizations/${organizationId}/webhooks`;
    const body = { url: 'https://hooks.example.com/otters', events: ['member.added'] };
    const create = { url, body, table: 'webhooks' };
    const parallel = Array.from({ length: 8 }, (_, index) =>
      send(index % 2 ? app : sibling, create, 'secret'),
    );
    const later = [await Promise.all(parallel), await send(app, create, 'secret')].flat();
    const created = later.filter(({ status }) => status === 201);
    const shown = created.filter((response) => !isReplayed(response));
    expect(shown.map((response) => response.body.secret)).toEqual([expect.stringMatching(/^whsec_/)]);
    for (const response of created.filter(isReplayed))
      expect(response.body).toEqual({ ...shown[0]?.body, secret: null });
    expect(created.length).toBeGreaterThan(1);
    expect(await rowsOf(create)).toBe(1);
  });
});
