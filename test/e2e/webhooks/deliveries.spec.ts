import { EndpointGuard } from '@/modules/webhooks/endpoints/endpoint-guard.js';
import { HostResolver } from '@/modules/webhooks/endpoints/host-resolver.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { DAY, HOUR } from '@/platform/kernel/durations.js';
import { RateLimiter } from '@/platform/limits/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { waitUntil } from '@test/support/app/server-process.js';
import type { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { givenReadyDocument } from '@test/support/knowledge/ready-documents.js';
import {
  addOrganizationMember,
  givenMember,
  givenUserWithId,
} from '@test/support/organizations/given-organizations.js';
import { DeliveryFixture } from '@test/support/webhooks/delivery-fixture.js';
import {
  listDeliveries,
  storedDeliveries,
  verify,
  waitForAttempts,
  withSettings,
} from '@test/support/webhooks/given-webhooks.js';
import type { WebhookReceiver } from '@test/support/webhooks/webhook-receiver.js';

describe('deliveries of webhooks', () => {
  let fixture: DeliveryFixture;
  let app: TestApp;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    fixture = await DeliveryFixture.start();
    ({ app, receiver } = fixture);
  });
  beforeEach(() => fixture.reset());
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => fixture.stop());

  const membership = () => ({ organizationId: fixture.owner.organizationId, by: fixture.owner });

  it('bring members that come and go, signed by the specification', async () => {
    const hook = await fixture.givenHook(['member.added', 'member.removed']);
    const member = await givenMember(app, membership());
    const url = `/api/organizations/${fixture.owner.organizationId}/members/${member.id}`;
    await receiver.waitFor(hook.target);
    await expectStatus(204, app.delete(url, { token: fixture.owner.accessToken }));
    const [added, removed] = await receiver.waitFor(hook.target, 2);
    if (!added || !removed) throw new Error('Two webhooks have arrived.');
    expect(added).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(added.headers).toMatchObject({ host: `localhost:${receiver.port}` });
    expect(verify(app, added, hook.secret)).toEqual({
      type: 'member.added',
      timestamp: expect.stringMatching(/Z$/),
      data: { user_id: member.id, role: 'member' },
    });
    expect(verify(app, removed, hook.secret)).toMatchObject({
      type: 'member.removed',
      data: { user_id: member.id, role: 'member' },
    });
    const forged = { ...added, body: added.body.replace('member.added', 'member.gone') };
    expect(() => verify(app, forged, hook.secret)).toThrow();
    await waitForAttempts(app, hook.id, 1);
    const deliveries = await listDeliveries(app, fixture.owner, hook.id);
    expect(deliveries[1]).toEqual({
      id: added.headers['webhook-id'],
      webhook_id: hook.id,
      type: 'member.added',
      state: 'delivered',
      attempts: 1,
      status_class: '2xx',
      reason: null,
      duration_ms: expect.any(Number),
      created_at: expect.any(String),
      attempted_at: expect.any(String),
      next_attempt_at: null,
    });
    expect((deliveries[1]?.duration_ms ?? 1) % 100).toBe(0);
  });

  it('are written in the transaction of the change', async () => {
    const hook = await fixture.givenHook();
    const user = await givenUserWithId(app);
    await app.sql(`CREATE FUNCTION refuse_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
                   BEGIN RAISE EXCEPTION 'refused'; END $$`);
    await app.sql(`CREATE TRIGGER refuse_delivery BEFORE INSERT ON webhook_deliveries
                   FOR EACH ROW EXECUTE FUNCTION refuse_delivery()`);
    const failed = await addOrganizationMember(app, membership(), { user_id: user.id, role: 'member' });
    await app.sql('DROP TRIGGER refuse_delivery ON webhook_deliveries');
    await app.sql('DROP FUNCTION refuse_delivery');
    expect(failed.status).toBe(500);
    expect(await app.sql('SELECT id FROM memberships WHERE user_id = $1', [user.id])).toEqual([]);
    const unitOfWork = app.nest.get(UnitOfWork);
    const rolledBack = unitOfWork.run(async () => {
      await fixture.publish({ user_id: user.id });
      throw new Error('The change failed.');
    });
    await expect(rolledBack).rejects.toThrow('The change failed.');
    expect(await listDeliveries(app, fixture.owner, hook.id)).toEqual([]);
    await fixture.publish({ user_id: user.id });
    expect(await listDeliveries(app, fixture.owner, hook.id)).toHaveLength(1);
  });

  it('bring documents of teams and organizations that are ready or failed', async () => {
    const { organizationId, accessToken: token } = fixture.owner;
    const hook = await fixture.givenHook(['knowledge.document.ready', 'knowledge.document.failed']);
    const shared = { visibility: 'organization', organization_id: organizationId };
    await givenReadyDocument(app, token, { title: 'Mine', text: 'A private note.' });
    const ready = await givenReadyDocument(app, token, {
      title: 'Fees',
      text: 'The fee is 80 euros.',
      ...shared,
    });
    const form = new FormData();
    form.set('file', new Blob([' \n ']), 'blank.txt'); // no text that can be used
    for (const [name, value] of Object.entries(shared)) form.set(name, value);
    const damaged = await expectStatus(
      201,
      app.call('POST', '/api/rag/documents', { multipart: form, token }),
    );
    const received = await receiver.waitFor(hook.target, 2);
    const events = received.map((webhook) => verify(app, webhook, hook.secret));
    const place = { version: 1, visibility: 'organization', team_id: null };
    expect(events).toEqual([
      {
        type: 'knowledge.document.ready',
        timestamp: expect.any(String),
        data: { document_id: ready, ...place },
      },
      {
        type: 'knowledge.document.failed',
        timestamp: expect.any(String),
        data: { document_id: damaged.body.id, ...place, error_code: expect.any(String) },
      },
    ]);
  });

  it('do not follow redirects, and keep no answer', async () => {
    const hook = await fixture.givenHook();
    receiver.respondWith(302, { location: receiver.url('/elsewhere') });
    await expectStatus(202, fixture.sendTest(hook));
    expect(await waitForAttempts(app, hook.id, 1)).toMatchObject({
      type: 'webhook.test',
      state: 'failed',
      status_class: '3xx',
      reason: 'redirected',
    });
    expect(receiver.at('/elsewhere')).toEqual([]);
  });

  it('judge the addresses of a name again', async () => {
    const hook = await fixture.givenHook();
    const refused = await withSettings(
      app.nest.get(EndpointGuard),
      { webhooks: { allowPrivate: false } },
      async () => {
        await expectStatus(202, fixture.sendTest(hook));
        return waitForAttempts(app, hook.id, 1);
      },
    );
    expect(refused).toMatchObject({ state: 'failed', status_class: null, reason: 'address_refused' });
    jest.spyOn(app.nest.get(HostResolver), 'resolve').mockResolvedValueOnce([]);
    await expectStatus(202, fixture.sendTest(hook));
    expect(await waitForAttempts(app, hook.id, 1)).toMatchObject({ reason: 'connection_failed' });
    expect(receiver.at(hook.target)).toEqual([]);
  });

  it('run one at a time for each webhook, and two for each organization', async () => {
    const [a, b, c] = [await fixture.givenHook(), await fixture.givenHook(), await fixture.givenHook()];
    const waiting: { path: string; end: () => void }[] = [];
    let most = 0;
    receiver.respond = (response, path) => {
      waiting.push({ path, end: () => response.writeHead(204).end() });
      most = Math.max(most, waiting.length);
      expect(waiting.filter((open) => open.path === path)).toHaveLength(1);
    };
    await fixture.publish();
    await fixture.publish();
    for (let answered = 0; answered < 6; answered += 1) {
      await waitUntil(() => waiting.length >= (answered === 0 ? 2 : 1), 10_000);
      waiting.shift()?.end();
    }
    for (const hook of [a, b, c]) await waitForAttempts(app, hook.id, 1);
    expect(most).toBe(2);
  });

  it('are tested ten times an hour', async () => {
    const hook = await fixture.givenHook();
    await withSettings(app.nest.get(RateLimiter), { rateLimits: true }, async () => {
      for (let count = 0; count < 10; count += 1) await expectStatus(202, fixture.sendTest(hook));
      expect(statusAndCode(await fixture.sendTest(hook))).toEqual([429, 'too_many_attempts']);
    });
  });

  it('are deleted after 30 days', async () => {
    const hook = await fixture.givenHook();
    await fixture.publish();
    await waitForAttempts(app, hook.id, 1);
    app.clock.advance(30 * DAY - HOUR);
    await app.nest.get(ExpiredRowSweeper).sweep();
    expect(await storedDeliveries(app, hook.id)).toHaveLength(1);
    app.clock.advance(HOUR);
    await app.nest.get(ExpiredRowSweeper).sweep();
    expect(await storedDeliveries(app, hook.id)).toEqual([]);
  });
});
