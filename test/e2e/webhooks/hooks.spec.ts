import { MemoryLog } from '@test/support/app/memory-log.js';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { expectStatus, invalidPaths, listAllPages, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOrganization,
  givenOwnerWithId,
  inParallel,
  type OrganizationFixture,
  storedAuditEvents,
  UNRESOLVABLE_IDS,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';
import { givenWebhook, webhooksPath } from '@test/support/webhooks/given-webhooks.js';

const URL_OF_HOOK = 'https://hooks.example.com/xentree?team=1';
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;

describe('webhooks', () => {
  const log = new MemoryLog();
  let app: TestApp;
  let place: OrganizationFixture;
  let owner: UserWithId & { organizationId: string };

  beforeAll(async () => {
    app = await TestApp.start({ log });
    place = await givenOrganization(app);
    owner = { ...place.owner, organizationId: place.organizationId };
  });
  afterAll(() => app.stop());

  const create = (body: object, headers: Record<string, string> = {}, by: UserWithId = owner) =>
    app.post(webhooksPath(place), body, { token: by.accessToken, headers });
  const patch = (id: string, body: object): Promise<TestResponse> =>
    app.patch(webhooksPath(place, id), body, { token: owner.accessToken });

  it('are created with a secret that is shown once, listed newest first, changed and deleted', async () => {
    const request = { url: URL_OF_HOOK, events: ['member.added'], description: 'Staff' };
    const { body: created } = await expectStatus(201, create(request));
    const { secret, ...shown } = created as Record<string, unknown>;
    expect(secret).toMatch(SECRET);
    expect(shown).toEqual({
      ...request,
      id: expect.any(String),
      organization_id: place.organizationId,
      enabled: true,
      disabled_reason: null,
      last_success_at: null,
      created_by: owner.id,
      created_at: expect.stringMatching(/Z$/),
      updated_at: created.created_at,
    });
    const second = await givenWebhook(app, owner, { url: 'https://hooks.example.com/2' });
    const { rows } = await listAllPages<{ id: string }>(
      app,
      `${webhooksPath(place)}?limit=1`,
      owner.accessToken,
    );
    expect(rows.map(({ id }) => id)).toEqual([second.id, created.id]);
    expect(rows[1]).toEqual(shown);

    const changes = { events: ['member.removed', 'knowledge.document.ready'], description: null };
    const changed = await expectStatus(200, patch(created.id, changes));
    expect(changed.body).toEqual({ ...shown, ...changes, updated_at: expect.any(String) });
    const off = await expectStatus(200, patch(created.id, { enabled: false }));
    expect(off.body).toMatchObject({ enabled: false, disabled_reason: 'requested' });
    const on = await expectStatus(200, patch(created.id, { enabled: true }));
    expect(on.body).toMatchObject({ enabled: true, disabled_reason: null });

    for (const id of [created.id as string, second.id])
      await expectStatus(204, app.delete(webhooksPath(place, id), { token: owner.accessToken }));
    expect(statusAndCode(await patch(second.id, { enabled: false }))).toEqual([404, 'webhook_not_found']);
    const actions = (await storedAuditEvents(app, place.organizationId)).map(({ action }) => action);
    expect(actions.filter((action) => action.startsWith('webhook.'))).toEqual([
      'webhook.created',
      'webhook.created',
      ...Array.from({ length: 3 }, () => 'webhook.updated'),
      'webhook.deleted',
      'webhook.deleted',
    ]);
  });

  it.each<[string, object, string]>([
    ['no URL', { events: ['member.added'] }, 'url'],
    ['a relative URL', { url: '/hook' }, 'url'],
    ['another protocol', { url: 'ftp://hooks.example.com' }, 'url'],
    ['http', { url: 'http://hooks.example.com' }, 'url'],
    ['a user name', { url: 'https://ada@hooks.example.com' }, 'url'],
    ['a password', { url: 'https://ada:secret@hooks.example.com' }, 'url'],
    ['a fragment', { url: 'https://hooks.example.com/#a' }, 'url'],
    ['a line break', { url: 'https://hooks.example.com/\n' }, 'url'],
    ['an endless URL', { url: `https://hooks.example.com/${'x'.repeat(2000)}` }, 'url'],
    ['localhost', { url: 'http://localhost:8080/hook' }, 'url'],
    ['a loopback address', { url: 'https://127.0.0.1/hook' }, 'url'],
    ['a loopback address as a number', { url: 'https://2130706433/hook' }, 'url'],
    ['a private address', { url: 'https://10.0.0.8/hook' }, 'url'],
    ['the metadata service', { url: 'https://169.254.169.254/latest/meta-data' }, 'url'],
    ['a mapped address', { url: 'https://[::ffff:8.8.8.8]/hook' }, 'url'],
    ['a local address', { url: 'https://[fd00::1]/hook' }, 'url'],
    ['an unknown event', { url: URL_OF_HOOK, events: ['member.renamed'] }, 'events'],
    ['no event', { url: URL_OF_HOOK, events: [] }, 'events'],
    ['an event twice', { url: URL_OF_HOOK, events: ['member.added', 'member.added'] }, 'events'],
    ['a description of spaces', { url: URL_OF_HOOK, description: ' ' }, 'description'],
  ])('are refused with %s', async (_, body, field) => {
    const refused = await create({ events: ['member.added'], ...body });
    expect(statusAndCode(refused)).toEqual([400, 'validation_failed']);
    expect(invalidPaths(refused)).toEqual([field]);
  });

  it('are refused a new address of a private network', async () => {
    const { id } = await givenWebhook(app, owner, { url: URL_OF_HOOK });
    const refused = await patch(id, { url: 'https://192.168.0.1/' });
    expect(statusAndCode(refused)).toEqual([400, 'validation_failed']);
    expect(invalidPaths(refused)).toEqual(['url']);
  });

  it('are not found by members of other organizations, and forbidden to members and API keys', async () => {
    const hook = await givenWebhook(app, owner, { url: URL_OF_HOOK });
    const stranger = await givenOwnerWithId(app);
    const foreign = webhooksPath(stranger, hook.id);
    const calls = (path: string, headers: Record<string, string>): Promise<TestResponse>[] => [
      app.patch(path, { enabled: false }, { headers }),
      app.post(`${path}/secret`, undefined, { headers }),
      app.post(`${path}/test`, undefined, { headers }),
      app.get(`${path}/deliveries`, { headers }),
      app.delete(path, { headers }),
    ];
    const bearer = ({ accessToken }: UserWithId) => ({ authorization: `Bearer ${accessToken}` });
    const codes = async (path: string, headers: Record<string, string>) =>
      (await Promise.all(calls(path, headers))).map(statusAndCode);
    expect(await codes(foreign, bearer(stranger))).toEqual(Array(5).fill([404, 'webhook_not_found']));
    expect(await codes(hook.path, bearer(stranger))).toEqual(Array(5).fill([404, 'organization_not_found']));
    expect(await codes(hook.path, bearer(place.member))).toEqual(Array(5).fill([403, 'role_insufficient']));
    const { key } = await givenApiKey(app, { organizationId: place.organizationId, by: place.owner });
    expect(await codes(hook.path, { 'x-api-key': key })).toEqual(Array(5).fill([403, 'bearer_required']));
    for (const id of UNRESOLVABLE_IDS)
      expect(await codes(webhooksPath(place, id), bearer(place.admin))).toEqual(
        Array(5).fill([404, 'webhook_not_found']),
      );
  });

  it('are created once for an idempotency key; the replay has no secret', async () => {
    const headers = { 'idempotency-key': 'hook-1' };
    const request = { url: URL_OF_HOOK, events: ['member.added'] };
    const first = await expectStatus(201, create(request, headers));
    const replayed = await expectStatus(201, create(request, headers));
    expect(replayed.headers['idempotent-replayed']).toBe('true');
    expect(replayed.body).toEqual({ ...first.body, secret: null });
  });

  it('have one current secret after parallel rotations, and secrets never appear in rows or logs', async () => {
    const { id, secret, path } = await givenWebhook(app, owner, { url: URL_OF_HOOK });
    const rotated = await inParallel(8, () =>
      app.post(`${path}/secret`, undefined, { token: owner.accessToken }),
    );
    const secrets = rotated.map(({ body }) => body.secret as string);
    expect(new Set([secret, ...secrets]).size).toBe(9);
    const rows = await app.sql<{ expires_at: Date | null }>(
      'SELECT expires_at FROM webhook_secrets WHERE webhook_id = $1',
      [id],
    );
    expect(rows.filter(({ expires_at }) => expires_at === null)).toHaveLength(1);
    expect(rows).toHaveLength(9);
    const stored = await app.sql<{ sealed: Buffer }>('SELECT sealed FROM webhook_secrets');
    const text = log.text + stored.map(({ sealed }) => sealed.toString('latin1')).join();
    for (const shown of [secret, ...secrets]) expect(text).not.toContain(shown.slice(6, 40));
    expect(log.text).not.toContain('whsec_');
  });

  it('have a limit of 20 in an organization, also for parallel requests', async () => {
    const other = await givenOwnerWithId(app);
    const request = { url: URL_OF_HOOK, events: ['member.added'] };
    const call = { token: other.accessToken };
    const responses = await inParallel(22, () => app.post(webhooksPath(other), request, call));
    const refused = responses.filter(({ status }) => status !== 201);
    expect(refused.map(statusAndCode)).toEqual(Array(2).fill([409, 'webhook_limit_reached']));
    const slots = await app.sql<{ serial_slot: number }>(
      'SELECT serial_slot FROM webhooks WHERE organization_id = $1',
      [other.organizationId],
    );
    expect(slots.filter(({ serial_slot }) => serial_slot === 0)).toHaveLength(10);
  });

  it('stay when the account of their creator is deleted, and go with the organization', async () => {
    const other = await givenOwnerWithId(app);
    const creator = place.admin;
    const { body } = await expectStatus(
      201,
      create({ url: URL_OF_HOOK, events: ['member.added'] }, {}, creator),
    );
    const call = { token: creator.accessToken, body: { password: creator.password } };
    await expectStatus(204, app.call('DELETE', '/api/auth/me', call));
    const [row] = await app.sql('SELECT created_by FROM webhooks WHERE id = $1', [body.id]);
    expect(row).toEqual({ created_by: null });
    const gone = await givenWebhook(app, other, { url: URL_OF_HOOK });
    const url = `/api/organizations/${other.organizationId}`;
    await expectStatus(204, app.delete(url, { token: other.accessToken }));
    expect(await app.sql('SELECT id FROM webhooks WHERE id = $1', [gone.id])).toEqual([]);
  });
});
