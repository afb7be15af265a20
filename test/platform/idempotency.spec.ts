import { Client } from 'pg';
import { TestApp, type TestResponse } from '../support/app/test-app.js';
import { PASSWORD } from '../support/auth/given-users.js';
import { expectStatus } from '../support/http/responses.js';

const HOUR_SECONDS = 3600;
const TAKEN_CODES = /^(email|username)_taken$/;

interface RegistrationVariant {
  name: string;
  url: string;
  body: (name: string) => Record<string, string>;
}

const REGISTRATION_VARIANTS: RegistrationVariant[] = [
  {
    name: 'the Xentree face',
    url: '/api/auth/register',
    body: (name) => ({ username: name, email: `${name}@example.com`, password: PASSWORD }),
  },
  {
    name: 'the XC face',
    url: '/api/v1/auth/register',
    body: (name) => ({ email: `${name}@example.com`, password: PASSWORD, company_name: `${name} Ltd` }),
  },
];

describe.each(REGISTRATION_VARIANTS)(
  'an Idempotency-Key at the register of $name',
  ({ url, body: bodyOf }) => {
    let app: TestApp;
    let sibling: TestApp;
    let count = 0;
    let body: Record<string, string>;
    let key: string;

    beforeAll(async () => {
      app = await TestApp.start();
      sibling = await TestApp.start({ siblingOf: app });
    });
    beforeEach(() => {
      body = bodyOf(`duplicate-${(count += 1)}`);
      key = `key-${count}`;
    });
    afterAll(async () => {
      await sibling.stop();
      await app.stop();
    });

    const register = (node = app, changes: object = {}, header = key): Promise<TestResponse> =>
      node.post(url, { ...body, ...changes }, { headers: { 'idempotency-key': header } });
    const isReplayed = ({ headers }: TestResponse): boolean => headers['idempotent-replayed'] === 'true';

    async function countAccounts(email = body.email): Promise<number> {
      const rows = await app.sql<{ count: number }>('SELECT count(*)::int FROM users WHERE email = $1', [
        email,
      ]);
      return rows[0]?.count ?? 0;
    }
    async function countSideEffects(): Promise<number[]> {
      const [rows] = await app.sql<{ organizations: number; sessions: number }>(
        `SELECT (SELECT count(*)::int FROM organizations WHERE name = $1) AS organizations,
              (SELECT count(*)::int FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $2) AS sessions`,
        [body.company_name ?? '', body.email],
      );
      return [rows?.organizations ?? -1, rows?.sessions ?? -1];
    }

    it('lets 20 parallel duplicates, on two nodes, open one account', async () => {
      for (let round = 0; round < 3; round += 1) {
        body = bodyOf(`duplicate-${(count += 1)}`);
        const responses = await Promise.all(
          Array.from({ length: 20 }, (_, index) => register(index % 2 ? app : sibling)),
        );
        const firsts = responses.filter((response) => response.status === 201 && !isReplayed(response));
        expect(firsts).toHaveLength(1);
        for (const response of responses) {
          if (response.status === 201) expect(response.body).toEqual(firsts[0]?.body);
          else {
            expect([response.status, response.body.code]).toEqual([409, 'idempotency_in_progress']);
            expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
          }
        }
        expect(await countAccounts()).toBe(1);
        const once = body.company_name ? 1 : 0;
        expect(await countSideEffects()).toEqual([once, once]);
        expect(await app.mails(body.email as string)).toHaveLength(1);
      }
    });

    it('answers a repetition with the same body for 24 h, and then acts again', async () => {
      const first = await expectStatus(201, register());
      expect(isReplayed(first)).toBe(false);
      for (const node of [app, sibling]) {
        const again = await expectStatus(201, register(node));
        expect(isReplayed(again)).toBe(true);
        expect(again.body).toEqual(first.body);
      }
      app.clock.advance(24 * HOUR_SECONDS - 60);
      expect((await expectStatus(201, register())).body).toEqual(first.body);
      app.clock.advance(61);
      const late = await expectStatus(409, register());
      expect([late.body.code, isReplayed(late)]).toEqual([expect.stringMatching(TAKEN_CODES), false]);
      expect(await countAccounts()).toBe(1);
    });

    it('does not replay the response to another body', async () => {
      const first = await expectStatus(201, register());
      const guessed = await register(app, { password: `${PASSWORD} not` });
      expect([guessed.status, isReplayed(guessed)]).toEqual([409, false]);
      expect(guessed.body.code).toMatch(TAKEN_CODES);
      const stranger = bodyOf(`stranger-${count}`);
      const second = await expectStatus(201, register(app, stranger));
      expect(isReplayed(second)).toBe(false);
      expect(second.body).not.toEqual(first.body);
      expect(await countAccounts(stranger.email)).toBe(1);
    });

    it('is one for each register', async () => {
      await expectStatus(201, register());
      const { url: elsewhere, body: otherBody } = REGISTRATION_VARIANTS.find(
        (face) => face.url !== url,
      ) as RegistrationVariant;
      const request = otherBody(`else-${count}`);
      const response = await app.post(elsewhere, request, { headers: { 'idempotency-key': key } });
      expect([response.status, isReplayed(response)]).toEqual([201, false]);
    });

    it.each([
      ['an empty one', ''],
      ['one with a space', 'a b'],
      ['256 characters', 'k'.repeat(256)],
      ['a letter beyond ASCII', 'kä'],
    ])('is refused when it is %s', async (_name, bad) => {
      const refused = await expectStatus(400, register(app, {}, bad));
      expect(refused.body).toMatchObject({
        code: 'validation_failed',
        detail: url.startsWith('/api/v1/')
          ? [{ loc: ['header', 'Idempotency-Key'] }]
          : { error: 'validation_failed', fields: [{ path: 'Idempotency-Key' }] },
      });
      expect(await countAccounts()).toBe(0);
    });

    it('may be 255 characters long', async () => {
      await expectStatus(201, register(app, {}, 'k'.repeat(255)));
      expect(isReplayed(await register(app, {}, 'k'.repeat(255)))).toBe(true);
    });

    it('keeps a final refusal too', async () => {
      const weak = { password: 'password1' };
      const first = await expectStatus(400, register(app, weak));
      expect(first.body.code).toBe('password_too_weak');
      const again = await expectStatus(400, register(sibling, weak));
      expect(isReplayed(again)).toBe(true);
      expect(again.body.detail).toEqual(first.body.detail);
      expect(again.body.request_id).not.toBe(first.body.request_id);
      await expectStatus(201, register());
    });

    it('is free again when its first request died, once 60 s are over', async () => {
      await expectStatus(201, register());
      await simulateCrashBeforeCommit();
      const waiting = await expectStatus(409, register(sibling));
      expect(waiting.body.code).toBe('idempotency_in_progress');
      app.clock.advance(55);
      await expectStatus(409, register());
      app.clock.advance(6);
      const taken = await Promise.all(
        Array.from({ length: 10 }, (_, index) => register(index % 2 ? app : sibling)),
      );
      expect(taken.filter((response) => response.status === 201 && !isReplayed(response))).toHaveLength(1);
      expect(await countAccounts()).toBe(1);
      expect(isReplayed(await expectStatus(201, register()))).toBe(true);
    });

    it('acts once when the first request was only slow and a second took over', async () => {
      const blocker = new Client({ connectionString: app.databaseUrl });
      await blocker.connect();
      try {
        await blocker.query('BEGIN; LOCK TABLE users IN EXCLUSIVE MODE');
        const slow = register();
        await waitForCondition(areBlocked(1));
        app.clock.advance(61);
        const second = register(sibling);
        await waitForCondition(areBlocked(2));
        await blocker.query('COMMIT');
        const answers = await Promise.all([slow, second]);
        expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
        expect(await countAccounts()).toBe(1);
        const again = await expectStatus(201, register());
        expect(isReplayed(again)).toBe(true);
        expect(again.body).toEqual(answers.find(({ status }) => status === 201)?.body);
      } finally {
        await blocker.end();
      }
    });

    it('stores no password, token or address that could be read', async () => {
      const first = await expectStatus(201, register());
      const rows = await app.sql<{ row: string }>(
        'SELECT k::text AS row FROM idempotency_keys k WHERE key = $1',
        [key],
      );
      expect(rows).toHaveLength(1);
      const secrets = [PASSWORD, body.email, first.body.access_token, first.body.id].filter(
        Boolean,
      ) as string[];
      expect(secrets.length).toBeGreaterThan(2);
      for (const secret of secrets) {
        expect(rows[0]?.row).not.toContain(secret);
        expect(rows[0]?.row).not.toContain(Buffer.from(secret).toString('hex'));
      }
    });

    /** What a process leaves behind that is killed before it commits: its claim, and nothing else. */
    async function simulateCrashBeforeCommit(): Promise<void> {
      await app.sql('UPDATE idempotency_keys SET status = NULL, answer = NULL WHERE key = $1', [key]);
      await app.sql('DELETE FROM organizations WHERE name = $1', [body.company_name ?? '']);
      await app.sql('DELETE FROM users WHERE email = $1', [body.email]);
    }

    const areBlocked = (waiting: number) => async (): Promise<boolean> => {
      const rows = await app.sql<{ count: number }>(
        `SELECT count(*)::int FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' AND query NOT LIKE '%pg_stat_activity%'`,
      );
      return (rows[0]?.count ?? 0) >= waiting;
    };
  },
);

async function waitForCondition(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries += 1) {
    if (tries === 500) throw new Error('It did not come to that.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
