import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { DAY, HOUR } from '@/platform/kernel/durations.js';
import { waitUntil } from '@test/support/app/server-process.js';
import type { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { givenOwnerWithId, inParallel, logIn } from '@test/support/organizations/given-organizations.js';
import { DeliveryFixture } from '@test/support/webhooks/delivery-fixture.js';
import {
  listDeliveries,
  runPendingDeliveries,
  redeliver,
  storedDeliveries,
  verify,
  waitForAttempts,
  webhooksPath,
} from '@test/support/webhooks/given-webhooks.js';
import type { WebhookReceiver } from '@test/support/webhooks/webhook-receiver.js';

const TRY_DELAYS_IN_MINUTES = [1, 5, 30, 120, 300, 600, 1080, 1440, 720];

describe('retries and repetitions of deliveries', () => {
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

  it('are tried ten times in three days; then the webhook is switched off and the owners are mailed once', async () => {
    const hook = await fixture.givenHook();
    receiver.respondWith(500);
    await fixture.publish();
    await fixture.publish();
    for (const [tries, minutes] of TRY_DELAYS_IN_MINUTES.entries()) {
      const delivery = await waitForAttempts(app, hook.id, tries + 1);
      expect(delivery).toMatchObject({ state: 'pending', status_class: '5xx', reason: 'refused' });
      const wait = (delivery.next_attempt_at?.getTime() ?? 0) - (delivery.attempted_at?.getTime() ?? 0);
      expect(Math.round(wait / 1000)).toBe(minutes * 60);
      await receiver.waitFor(hook.target, 2 * (tries + 1));
      app.clock.advance(minutes * 60);
      await runPendingDeliveries(app);
    }
    await waitUntil(async () => (await fixture.storedHook(hook.id))?.disabled_reason === 'failing', 10_000);
    const ended = (await storedDeliveries(app, hook.id)).map(({ state }) => state);
    expect(ended).toEqual(['failed', 'failed']);
    const mails = (await app.mails(fixture.owner.email)).filter(({ subject }) => /webhook/.test(subject));
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).toContain(`localhost:${receiver.port}`);
    expect(mails[0]?.text).not.toContain(hook.target);

    const url = `/api/organizations/${fixture.owner.organizationId}/audit-log?action=webhook.disabled`;
    fixture.owner.accessToken = await logIn(app, fixture.owner);
    const { body: entries } = await expectStatus(200, app.get(url, { token: fixture.owner.accessToken }));
    expect(entries).toEqual([
      expect.objectContaining({
        action: 'webhook.disabled',
        actor_id: null,
        actor_username: null,
        target_type: 'webhook',
        target_id: hook.id,
        details: { reason: 'failing' },
      }),
    ]);
    const metrics = (await app.get('/metrics')).text;
    const tries = /^xentree_webhook_deliveries_total\{outcome="refused"\} (\d+)$/m.exec(metrics)?.[1];
    expect(Number(tries)).toBeGreaterThan(17);

    const ids = new Set(receiver.at(hook.target).map(({ headers }) => headers['webhook-id']));
    expect(ids.size).toBe(2);
    await fixture.publish();
    expect(await storedDeliveries(app, hook.id)).toHaveLength(2);
    expect(statusAndCode(await fixture.sendTest(hook))).toEqual([409, 'webhook_disabled']);
    receiver.respondWith(200);
    const call = { token: fixture.owner.accessToken };
    const on = await expectStatus(200, app.patch(hook.path, { enabled: true }, call));
    expect(on.body).toMatchObject({ enabled: true, disabled_reason: null });
    await fixture.publish();
    expect(await waitForAttempts(app, hook.id, 1)).toMatchObject({ state: 'delivered' });
  });

  it('do not switch a webhook off that had a success in the last three days', async () => {
    const hook = await fixture.givenHook();
    await app.sql('UPDATE webhooks SET last_success_at = $2 WHERE id = $1', [
      hook.id,
      app.clock.after(-71 * HOUR),
    ]);
    receiver.respondWith(500);
    await app.sql(`CREATE FUNCTION skip_tries() RETURNS trigger LANGUAGE plpgsql AS $$
                   BEGIN NEW.series_start := -9; RETURN NEW; END $$`);
    await app.sql(`CREATE TRIGGER skip_tries BEFORE INSERT ON webhook_deliveries
                   FOR EACH ROW EXECUTE FUNCTION skip_tries()`);
    await fixture.publish();
    await app.sql('DROP TRIGGER skip_tries ON webhook_deliveries');
    await app.sql('DROP FUNCTION skip_tries');
    expect(await waitForAttempts(app, hook.id, 1)).toMatchObject({
      state: 'failed',
      reason: 'refused',
    });
    expect(await fixture.storedHook(hook.id)).toEqual({ enabled: true, disabled_reason: null });
  });

  it('are signed by the old secret too for a day after a rotation', async () => {
    const hook = await fixture.givenHook();
    const rotated = app.post(`${hook.path}/secret`, undefined, { token: fixture.owner.accessToken });
    const { secret } = (await expectStatus(200, rotated)).body as { secret: string };
    expect(secret).not.toBe(hook.secret);
    await expectStatus(202, fixture.sendTest(hook));
    const [both] = await receiver.waitFor(hook.target);
    if (!both) throw new Error('A webhook has arrived.');
    expect(String(both.headers['webhook-signature']).split(' ')).toHaveLength(2);
    for (const valid of [hook.secret, secret]) expect(verify(app, both, valid).type).toBe('webhook.test');
    app.clock.advance(DAY);
    fixture.owner.accessToken = await logIn(app, fixture.owner);
    await app.nest.get(ExpiredRowSweeper).sweep();
    await expectStatus(202, fixture.sendTest(hook));
    const [, one] = await receiver.waitFor(hook.target, 2);
    expect(String(one?.headers['webhook-signature']).split(' ')).toHaveLength(1);
    expect(await app.sql('SELECT id FROM webhook_secrets WHERE webhook_id = $1', [hook.id])).toHaveLength(1);
  });

  it('are repeated with the same id; of parallel requests one succeeds', async () => {
    const hook = await fixture.givenHook();
    await fixture.publish({ user_id: 'a' });
    const [first] = await receiver.waitFor(hook.target);
    const { id: deliveryId } = await waitForAttempts(app, hook.id, 1);
    const release: (() => void)[] = [];
    receiver.respond = (response) => void release.push(() => response.writeHead(204).end());
    const repeat = () => redeliver(app, fixture.owner, { webhookId: hook.id, deliveryId });
    const responses = await inParallel(10, repeat);
    const accepted = responses.filter(({ status }) => status === 202);
    expect(accepted).toHaveLength(1);
    expect(accepted[0]?.body).toMatchObject({ id: deliveryId, state: 'pending', attempts: 1 });
    const others = responses.filter(({ status }) => status !== 202).map(statusAndCode);
    expect(others).toEqual(Array(9).fill([409, 'webhook_delivery_pending']));
    const [, second] = await receiver.waitFor(hook.target, 2);
    release[0]?.();
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toBe(first?.body);
    expect(await waitForAttempts(app, hook.id, 2)).toMatchObject({ state: 'delivered' });

    receiver.respondWith(204);
    const short = app.post(webhooksPath(fixture.owner, 'deliveries', deliveryId, 'redeliver'), undefined, {
      token: fixture.owner.accessToken,
    });
    await expectStatus(202, short);
    await waitForAttempts(app, hook.id, 3);
    const stranger = await givenOwnerWithId(app);
    const other = await fixture.givenHook();
    for (const [by, webhookId] of [
      [stranger, hook.id],
      [fixture.owner, other.id],
    ] as const)
      expect(statusAndCode(await redeliver(app, by, { webhookId, deliveryId }))).toEqual([
        404,
        'webhook_delivery_not_found',
      ]);
  });

  it('end with the webhook, and when it is switched off', async () => {
    const hook = await fixture.givenHook();
    const deleted = await fixture.givenHook();
    receiver.respondWith(500);
    await fixture.publish();
    await waitForAttempts(app, hook.id, 1);
    await waitForAttempts(app, deleted.id, 1);
    const call = { token: fixture.owner.accessToken };
    await expectStatus(200, app.patch(hook.path, { enabled: false }, call));
    await expectStatus(204, app.delete(deleted.path, call));
    expect(await listDeliveries(app, fixture.owner, hook.id)).toMatchObject([
      { state: 'failed', reason: 'webhook_disabled', next_attempt_at: null },
    ]);
    await runPendingDeliveries(app);
    const other = await fixture.givenHook();
    await expectStatus(202, fixture.sendTest(other));
    await receiver.waitFor(other.target);
    expect([receiver.at(hook.target).length, receiver.at(deleted.target).length]).toEqual([1, 1]);
  });
});
