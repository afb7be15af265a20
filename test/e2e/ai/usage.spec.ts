import { type AiApp, eventsOf, generate, givenAiApp, stream } from '@test/support/ai/ai-app.js';
import { givenKey } from '@test/support/auth/api-keys.js';
import type { Answer, Call } from '@test/support/app/test-app.js';
import { expectStatus, givenUser } from '@test/support/auth/given-users.js';
import {
  givenFounder,
  givenMemberOf,
  givenPerson,
  logIn,
  type Person,
  refusal,
  together,
} from '@test/support/organizations/given-organizations.js';
import { eventually } from '@test/support/app/server-process.js';

const LIMITS = { user: 6000, organization: 9000, key: 5000 };
/** What the scripted provider says a call took: 7 for the question, one for each token. */
const TOKENS = 13;
const COST = 7 + TOKENS;

interface Limit {
  subject: keyof typeof LIMITS;
  limit_tokens: number;
  used_tokens: number;
  reserved_tokens: number;
  remaining_tokens: number;
}

describe('token budgets', () => {
  let ai: AiApp;

  beforeAll(async () => {
    ai = await givenAiApp(['first', 'second'], {
      env: {
        AI_MONTHLY_TOKENS_PER_USER: String(LIMITS.user),
        AI_MONTHLY_TOKENS_PER_ORGANIZATION: String(LIMITS.organization),
        AI_MONTHLY_TOKENS_PER_KEY: String(LIMITS.key),
      },
    });
  });
  afterAll(() => ai.stop());
  beforeEach(() => {
    ai.upstreams.first?.script({ tokens: TOKENS });
    ai.upstreams.second?.script({ tokens: TOKENS });
  });

  async function usageOf(call: Call, query = ''): Promise<Answer['body']> {
    return (await expectStatus(200, ai.app.get(`/api/ai/usage${query}`, call))).body;
  }

  function limitOf(usage: Answer['body'], subject: string): Limit {
    return usage.limits.find((limit: Limit) => limit.subject === subject);
  }

  async function counters(): Promise<{ used: string; reserved: string }[]> {
    return ai.app.sql('SELECT used::text, reserved::text FROM token_counters');
  }

  /** Two keys of an organization with two people who made them. */
  async function givenCallers(): Promise<{ owner: Person & { organizationId: string }; calls: Call[] }> {
    const owner = await givenFounder(ai.app);
    const at = { organizationId: owner.organizationId, by: owner };
    const admin = await givenMemberOf(ai.app, at, 'admin');
    const scopes = ['conversations:write', 'conversations:read', 'organizations:read'] as const;
    const calls: Call[] = [{ token: owner.accessToken }, { token: admin.accessToken }];
    for (const by of [owner, admin]) {
      const { key } = await givenKey(ai.app, {
        organizationId: owner.organizationId,
        by,
        scopes: [...scopes],
      });
      calls.push({ headers: { 'x-api-key': key } });
    }
    return { owner, calls };
  }

  /** What a call that was let through says it took. */
  function tokensOf({ body, text }: Answer): number {
    const answer = body ?? eventsOf(text).at(-1)?.data;
    return (answer?.usage?.total_tokens as number | undefined) ?? 0;
  }

  it('holds for two hundred calls at once, whole and streamed, through sessions and keys', async () => {
    const { owner, calls } = await givenCallers();
    ai.upstreams.first?.script({ tokens: TOKENS, firstByteMs: 5 });
    let running = true;
    let looks = 0;
    const tooMuch: object[] = [];
    const watch = (async () => {
      while (running) {
        const over = (await counters()).filter(
          ({ used, reserved }) => Number(used) + Number(reserved) > LIMITS.organization,
        );
        tooMuch.push(...over);
        looks += 1;
      }
    })().catch((error: unknown) => tooMuch.push({ error }));
    const answers = await together(200, (index) =>
      generate(ai.app, { stream: index % 3 === 0 }, calls[index % calls.length] ?? {}),
    );
    running = false;
    await watch;
    expect(looks).toBeGreaterThan(0);
    expect(tooMuch).toEqual([]);
    const admitted = answers.filter(({ status }) => status === 200);
    expect(admitted.length).toBeGreaterThan(0);
    expect(
      new Set(answers.filter(({ status }) => status !== 200).map((answer) => refusal(answer).join())),
    ).toEqual(new Set(['429,ai_token_limit_reached']));
    await eventually(async () => (await ai.app.sql('SELECT FROM token_reservations')).length === 0, 5000);
    for (const [index, call] of calls.entries()) {
      const usage = await usageOf(call);
      for (const {
        limit_tokens,
        used_tokens,
        reserved_tokens,
        remaining_tokens,
      } of usage.limits as Limit[]) {
        expect(reserved_tokens).toBe(0);
        expect(used_tokens).toBeLessThanOrEqual(limit_tokens);
        expect(remaining_tokens).toBe(limit_tokens - used_tokens);
      }
      // A person's own counts whatever they called through; a key counts for itself.
      const mine = answers.filter((_, at) => at % 4 === index || (index < 2 && at % 4 === index + 2));
      const sum = mine.reduce((total, answer) => total + tokensOf(answer), 0);
      expect(usage).toMatchObject({
        total_tokens: sum,
        requests: mine.filter(({ status }) => status === 200).length,
      });
      expect(limitOf(usage, index < 2 ? 'user' : 'key').used_tokens).toBe(sum);
    }
    const url = `/api/organizations/${owner.organizationId}/ai-usage`;
    const { body: whole } = await expectStatus(200, ai.app.get(url, { token: owner.accessToken }));
    const through = answers
      .filter((_, at) => at % 4 > 1)
      .reduce((total, answer) => total + tokensOf(answer), 0);
    expect(whole).toMatchObject({
      total_tokens: through,
      limits: [{ subject: 'organization', used_tokens: through }],
    });
  });

  it('says whose limit is reached and when it begins anew, and lets a provider answer only so long', async () => {
    const { accessToken: token } = await givenPerson(ai.app);
    await expectStatus(200, generate(ai.app, {}, { token }));
    const asked = ai.upstreams.first?.requests.at(-1)?.body as {
      max_tokens?: number;
      max_completion_tokens?: number;
    };
    const most = asked.max_tokens ?? asked.max_completion_tokens ?? 0;
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(LIMITS.user);
    const call = { message: 'x'.repeat(LIMITS.user), stream: true };
    const { body, headers } = await expectStatus(429, generate(ai.app, call, { token }));
    const now = ai.app.clock.now();
    const resets = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
    expect(body).toMatchObject({
      code: 'ai_token_limit_reached',
      detail: { subject: 'user', limit_tokens: LIMITS.user, resets_at: resets.toISOString() },
    });
    const wait = Number(headers['retry-after']);
    expect(Math.abs(wait - (resets.getTime() - now.getTime()) / 1000)).toBeLessThan(5);
    expect((await usageOf({ token })).total_tokens).toBe(COST);
  });

  it.each([
    ['fails', { status: 401 }, 0],
    ['breaks off', { tokens: TOKENS, delayMs: 2, dropAfter: 6 }, 1],
  ])('gives back what an answer that %s did not take', async (_how, step, least) => {
    const { accessToken: token } = await givenPerson(ai.app);
    ai.upstreams.first?.script(step);
    expect((await stream(ai.app, { provider: 'first' }, { token })).at(-1)?.event).toBe('error');
    const whole = await generate(ai.app, { provider: 'first' }, { token });
    expect(whole.status).toBe(502);
    const { reserved_tokens, used_tokens } = limitOf(await usageOf({ token }), 'user');
    expect(reserved_tokens).toBe(0);
    expect(used_tokens >= least).toBe(true);
    expect(used_tokens).toBeLessThan(100);
  });

  it('counts what a provider wrote before another took over', async () => {
    const { accessToken: token } = await givenPerson(ai.app);
    await expectStatus(200, generate(ai.app, { provider: 'first' }, { token }));
    ai.upstreams.first?.script({ tokens: 40, delayMs: 1, dropAfter: 30 });
    expect((await stream(ai.app, {}, { token })).at(-1)?.event).toBe('done');
    const usage = await usageOf({ token });
    expect(usage.models).toMatchObject([
      { provider: 'first', requests: 2 },
      { provider: 'second', total_tokens: COST },
    ]);
    expect(usage.total_tokens).toBeGreaterThan(2 * COST);
  });

  it('counts an answer whose conversation was deleted under it, and gives the rest back', async () => {
    const { accessToken: token } = await givenPerson(ai.app);
    const { body: conversation } = await expectStatus(
      201,
      ai.app.post('/api/core/conversations', {}, { token }),
    );
    const before = ai.upstreams.first?.requests.length ?? 0;
    ai.upstreams.first?.script({ tokens: 40, hold: 20 });
    const call = { provider: 'first', conversation_id: conversation.id };
    const streaming = stream(ai.app, call, { token });
    await eventually(() => (ai.upstreams.first?.requests.length ?? 0) > before, 5000);
    await eventually(async () => (await usageOf({ token })).limits[0].reserved_tokens > 0, 5000);
    await expectStatus(204, ai.app.delete(`/api/core/conversations/${conversation.id}`, { token }));
    expect((await streaming).at(-1)?.event).toBe('error');
    const { reserved_tokens, used_tokens } = limitOf(await usageOf({ token }), 'user');
    expect(reserved_tokens).toBe(0);
    expect(used_tokens).toBeGreaterThan(0);
  });

  it.each([
    ['whose process died', 'gen_random_uuid()', 0],
    ['whose time has passed', '(SELECT id FROM nodes LIMIT 1)', 901],
  ])('takes back what a holder %s had set aside', async (_who, node, later) => {
    const { accessToken: token, id } = await givenPerson(ai.app);
    await expectStatus(200, generate(ai.app, {}, { token }));
    const until = new Date(ai.app.clock.millis() + 900_000);
    await ai.app.sql(
      `WITH kept AS (INSERT INTO token_reservations (id, month, subjects, tokens, expires_at, node_id)
                     SELECT gen_random_uuid(), month, ARRAY[subject], $2, $3, ${node}
                     FROM token_counters WHERE subject = $1)
       UPDATE token_counters SET reserved = reserved + $2 WHERE subject = $1`,
      [id, LIMITS.user - 2 * COST, until],
    );
    if (later > 0) await expectStatus(429, generate(ai.app, {}, { token }));
    ai.app.clock.advance(later);
    const fresh = later > 0 ? await logIn(ai.app, await personOf(id)) : token;
    const limit = async (): Promise<Limit> => limitOf(await usageOf({ token: fresh }), 'user');
    await eventually(async () => (await limit()).reserved_tokens === 0, 10_000);
    await expectStatus(200, generate(ai.app, {}, { token: fresh }));
    expect(await limit()).toMatchObject({ reserved_tokens: 0, used_tokens: 2 * COST });
  });

  async function personOf(id: string): Promise<Person> {
    const [row] = await ai.app.sql<{ email: string }>('SELECT email FROM users WHERE id = $1', [id]);
    return { email: row?.email, password: 'otters juggle nine lanterns' } as Person;
  }

  it('begins anew with the month, UTC', async () => {
    const person = await givenPerson(ai.app);
    const month = ai.app.clock.now().toISOString().slice(0, 7);
    await expectStatus(200, generate(ai.app, {}, { token: person.accessToken }));
    const { period_end } = await usageOf({ token: person.accessToken });
    ai.app.clock.advance((Date.parse(period_end) - ai.app.clock.millis()) / 1000 + 1);
    const token = await logIn(ai.app, person);
    expect(await usageOf({ token })).toMatchObject({ period_start: period_end, total_tokens: 0, models: [] });
    await expectStatus(200, generate(ai.app, {}, { token }));
    expect(await usageOf({ token })).toMatchObject({ total_tokens: COST, requests: 1 });
    expect(await usageOf({ token }, `?month=${month}`)).toMatchObject({ total_tokens: COST, period_end });
    const { body } = await expectStatus(400, ai.app.get('/api/ai/usage?month=2026-13', { token }));
    expect(body.detail.fields).toMatchObject([{ path: 'month' }]);
  });

  it('shows an organization only to those who look after it', async () => {
    const owner = await givenFounder(ai.app);
    const url = `/api/organizations/${owner.organizationId}/ai-usage`;
    const member = await givenMemberOf(ai.app, { organizationId: owner.organizationId, by: owner });
    const { accessToken: stranger } = await givenUser(ai.app);
    expect((await ai.app.get(url, { token: stranger })).status).toBe(404);
    expect((await ai.app.get(url, { token: member.accessToken })).status).toBe(403);
    expect((await ai.app.get(url, { token: owner.accessToken })).status).toBe(200);
  });
});
