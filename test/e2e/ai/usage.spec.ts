import { type AiApp, parseSseEvents, generate, givenAiApp, generateStream } from '@test/support/ai/ai-app.js';
import { waitUntil } from '@test/support/app/server-process.js';
import type { TestResponse, TestRequest } from '@test/support/app/test-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOwnerWithId,
  givenMember,
  givenUserWithId,
  logIn,
  type UserWithId,
  inParallel,
} from '@test/support/organizations/given-organizations.js';

const TOKEN_LIMITS = { user: 6000, organization: 9000, key: 5000 };
/** The fake provider reports 7 tokens for the prompt, and one for each token of the answer. */
const ANSWER_TOKENS = 13;
const CALL_TOKENS = 7 + ANSWER_TOKENS;

interface ListedTokenLimit {
  subject: keyof typeof TOKEN_LIMITS;
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
        AI_MONTHLY_TOKENS_PER_USER: String(TOKEN_LIMITS.user),
        AI_MONTHLY_TOKENS_PER_ORGANIZATION: String(TOKEN_LIMITS.organization),
        AI_MONTHLY_TOKENS_PER_KEY: String(TOKEN_LIMITS.key),
      },
    });
  });
  afterAll(() => ai.stop());
  beforeEach(() => {
    ai.fakeProviders.first?.script({ tokens: ANSWER_TOKENS });
    ai.fakeProviders.second?.script({ tokens: ANSWER_TOKENS });
  });

  async function getUsage(call: TestRequest, query = ''): Promise<TestResponse['body']> {
    return (await expectStatus(200, ai.app.get(`/api/ai/usage${query}`, call))).body;
  }

  function findLimit(usage: TestResponse['body'], subject: string): ListedTokenLimit {
    return usage.limits.find((limit: ListedTokenLimit) => limit.subject === subject);
  }

  async function listCounters(): Promise<{ used: string; reserved: string }[]> {
    return ai.app.sql('SELECT used::text, reserved::text FROM token_counters');
  }

  /** Returns calls of two users, and of the API keys that they created in one organization. */
  async function givenCallers(): Promise<{
    owner: UserWithId & { organizationId: string };
    calls: TestRequest[];
  }> {
    const owner = await givenOwnerWithId(ai.app);
    const at = { organizationId: owner.organizationId, by: owner };
    const admin = await givenMember(ai.app, at, 'admin');
    const scopes = ['conversations:write', 'conversations:read', 'organizations:read'] as const;
    const calls: TestRequest[] = [{ token: owner.accessToken }, { token: admin.accessToken }];
    for (const by of [owner, admin]) {
      const { key } = await givenApiKey(ai.app, {
        organizationId: owner.organizationId,
        by,
        scopes: [...scopes],
      });
      calls.push({ headers: { 'x-api-key': key } });
    }
    return { owner, calls };
  }

  /** Returns the usage that a successful response reports. */
  function totalTokens({ body, text }: TestResponse): number {
    const response = body ?? parseSseEvents(text).at(-1)?.data;
    return (response?.usage?.total_tokens as number | undefined) ?? 0;
  }

  it('hold for 200 concurrent calls, whole and streamed, with sessions and API keys', async () => {
    const { owner, calls } = await givenCallers();
    ai.fakeProviders.first?.script({ tokens: ANSWER_TOKENS, firstByteMs: 5 });
    let running = true;
    let looks = 0;
    const tooMuch: object[] = [];
    const watch = (async () => {
      while (running) {
        const over = (await listCounters()).filter(
          ({ used, reserved }) => Number(used) + Number(reserved) > TOKEN_LIMITS.organization,
        );
        tooMuch.push(...over);
        looks += 1;
      }
    })().catch((error: unknown) => tooMuch.push({ error }));
    const responses = await inParallel(200, (index) =>
      generate(ai.app, { stream: index % 3 === 0 }, calls[index % calls.length] ?? {}),
    );
    running = false;
    await watch;
    expect(looks).toBeGreaterThan(0);
    expect(tooMuch).toEqual([]);
    const admitted = responses.filter(({ status }) => status === 200);
    expect(admitted.length).toBeGreaterThan(0);
    expect(
      new Set(responses.filter(({ status }) => status !== 200).map((answer) => statusAndCode(answer).join())),
    ).toEqual(new Set(['429,ai_token_limit_reached']));
    await waitUntil(async () => (await ai.app.sql('SELECT FROM token_reservations')).length === 0, 5000);
    for (const [index, call] of calls.entries()) {
      const usage = await getUsage(call);
      for (const {
        limit_tokens,
        used_tokens,
        reserved_tokens,
        remaining_tokens,
      } of usage.limits as ListedTokenLimit[]) {
        expect(reserved_tokens).toBe(0);
        expect(used_tokens).toBeLessThanOrEqual(limit_tokens);
        expect(remaining_tokens).toBe(limit_tokens - used_tokens);
      }
      // The usage of a user includes their API keys; the usage of a key is its own.
      const mine = responses.filter((_, at) => at % 4 === index || (index < 2 && at % 4 === index + 2));
      const sum = mine.reduce((total, response) => total + totalTokens(response), 0);
      expect(usage).toMatchObject({
        total_tokens: sum,
        requests: mine.filter(({ status }) => status === 200).length,
      });
      expect(findLimit(usage, index < 2 ? 'user' : 'key').used_tokens).toBe(sum);
    }
    const url = `/api/organizations/${owner.organizationId}/ai-usage`;
    const { body: whole } = await expectStatus(200, ai.app.get(url, { token: owner.accessToken }));
    const through = responses
      .filter((_, at) => at % 4 > 1)
      .reduce((total, response) => total + totalTokens(response), 0);
    expect(whole).toMatchObject({
      total_tokens: through,
      limits: [{ subject: 'organization', used_tokens: through }],
    });
  });

  it('name the limit that is reached and when it resets, and limit the length of answers', async () => {
    const { accessToken: token } = await givenUserWithId(ai.app);
    await expectStatus(200, generate(ai.app, {}, { token }));
    const asked = ai.fakeProviders.first?.requests.at(-1)?.body as {
      max_tokens?: number;
      max_completion_tokens?: number;
    };
    const most = asked.max_tokens ?? asked.max_completion_tokens ?? 0;
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(TOKEN_LIMITS.user);
    const call = { message: 'x'.repeat(TOKEN_LIMITS.user), stream: true };
    const { body, headers } = await expectStatus(429, generate(ai.app, call, { token }));
    const now = ai.app.clock.now();
    const resets = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
    expect(body).toMatchObject({
      code: 'ai_token_limit_reached',
      detail: { subject: 'user', limit_tokens: TOKEN_LIMITS.user, resets_at: resets.toISOString() },
    });
    const wait = Number(headers['retry-after']);
    expect(Math.abs(wait - (resets.getTime() - now.getTime()) / 1000)).toBeLessThan(5);
    expect((await getUsage({ token })).total_tokens).toBe(CALL_TOKENS);
  });

  it.each([
    ['fails', { status: 401 }, 0],
    ['breaks off', { tokens: ANSWER_TOKENS, delayMs: 2, dropAfter: 6 }, 1],
  ])('release the tokens that an answer that %s did not use', async (_how, step, least) => {
    const { accessToken: token } = await givenUserWithId(ai.app);
    ai.fakeProviders.first?.script(step);
    expect((await generateStream(ai.app, { provider: 'first' }, { token })).at(-1)?.event).toBe('error');
    const whole = await generate(ai.app, { provider: 'first' }, { token });
    expect(whole.status).toBe(502);
    const { reserved_tokens, used_tokens } = findLimit(await getUsage({ token }), 'user');
    expect(reserved_tokens).toBe(0);
    expect(used_tokens >= least).toBe(true);
    expect(used_tokens).toBeLessThan(100);
  });

  it('count the text of a provider before a failover', async () => {
    const { accessToken: token } = await givenUserWithId(ai.app);
    await expectStatus(200, generate(ai.app, { provider: 'first' }, { token }));
    ai.fakeProviders.first?.script({ tokens: 40, delayMs: 1, dropAfter: 30 });
    expect((await generateStream(ai.app, {}, { token })).at(-1)?.event).toBe('done');
    const usage = await getUsage({ token });
    expect(usage.models).toMatchObject([
      { provider: 'first', requests: 2 },
      { provider: 'second', total_tokens: CALL_TOKENS },
    ]);
    expect(usage.total_tokens).toBeGreaterThan(2 * CALL_TOKENS);
  });

  it('count an answer whose conversation is deleted, and release the rest', async () => {
    const { accessToken: token } = await givenUserWithId(ai.app);
    const { body: conversation } = await expectStatus(
      201,
      ai.app.post('/api/core/conversations', {}, { token }),
    );
    const before = ai.fakeProviders.first?.requests.length ?? 0;
    ai.fakeProviders.first?.script({ tokens: 40, hold: 20 });
    const call = { provider: 'first', conversation_id: conversation.id };
    const streaming = generateStream(ai.app, call, { token });
    await waitUntil(() => (ai.fakeProviders.first?.requests.length ?? 0) > before, 5000);
    await waitUntil(async () => (await getUsage({ token })).limits[0].reserved_tokens > 0, 5000);
    await expectStatus(204, ai.app.delete(`/api/core/conversations/${conversation.id}`, { token }));
    expect((await streaming).at(-1)?.event).toBe('error');
    const { reserved_tokens, used_tokens } = findLimit(await getUsage({ token }), 'user');
    expect(reserved_tokens).toBe(0);
    expect(used_tokens).toBeGreaterThan(0);
  });

  it.each([
    ['whose process died', 'gen_random_uuid()', 0],
    ['whose time has passed', '(SELECT id FROM nodes LIMIT 1)', 901],
  ])('release the reservation of a process %s', async (_who, node, later) => {
    const { accessToken: token, id } = await givenUserWithId(ai.app);
    await expectStatus(200, generate(ai.app, {}, { token }));
    const until = new Date(ai.app.clock.millis() + 900_000);
    await ai.app.sql(
      `WITH kept AS (INSERT INTO token_reservations (id, month, subjects, tokens, expires_at, node_id)
                     SELECT gen_random_uuid(), month, ARRAY[subject], $2, $3, ${node}
                     FROM token_counters WHERE subject = $1)
       UPDATE token_counters SET reserved = reserved + $2 WHERE subject = $1`,
      [id, TOKEN_LIMITS.user - 2 * CALL_TOKENS, until],
    );
    if (later > 0) await expectStatus(429, generate(ai.app, {}, { token }));
    ai.app.clock.advance(later);
    const fresh = later > 0 ? await logIn(ai.app, await findUser(id)) : token;
    const limit = async (): Promise<ListedTokenLimit> => findLimit(await getUsage({ token: fresh }), 'user');
    await waitUntil(async () => (await limit()).reserved_tokens === 0, 10_000);
    await expectStatus(200, generate(ai.app, {}, { token: fresh }));
    expect(await limit()).toMatchObject({ reserved_tokens: 0, used_tokens: 2 * CALL_TOKENS });
  });

  async function findUser(id: string): Promise<UserWithId> {
    const [row] = await ai.app.sql<{ email: string }>('SELECT email FROM users WHERE id = $1', [id]);
    return { email: row?.email, password: 'otters juggle nine lanterns' } as UserWithId;
  }

  it('reset at the start of the month, UTC', async () => {
    const person = await givenUserWithId(ai.app);
    const month = ai.app.clock.now().toISOString().slice(0, 7);
    await expectStatus(200, generate(ai.app, {}, { token: person.accessToken }));
    const { period_end } = await getUsage({ token: person.accessToken });
    ai.app.clock.advance((Date.parse(period_end) - ai.app.clock.millis()) / 1000 + 1);
    const token = await logIn(ai.app, person);
    expect(await getUsage({ token })).toMatchObject({
      period_start: period_end,
      total_tokens: 0,
      models: [],
    });
    await expectStatus(200, generate(ai.app, {}, { token }));
    expect(await getUsage({ token })).toMatchObject({ total_tokens: CALL_TOKENS, requests: 1 });
    expect(await getUsage({ token }, `?month=${month}`)).toMatchObject({
      total_tokens: CALL_TOKENS,
      period_end,
    });
    const { body } = await expectStatus(400, ai.app.get('/api/ai/usage?month=2026-13', { token }));
    expect(body.detail.fields).toMatchObject([{ path: 'month' }]);
  });

  it('show the usage of an organization only to its administrators', async () => {
    const owner = await givenOwnerWithId(ai.app);
    const url = `/api/organizations/${owner.organizationId}/ai-usage`;
    const member = await givenMember(ai.app, { organizationId: owner.organizationId, by: owner });
    const { accessToken: stranger } = await givenUser(ai.app);
    expect((await ai.app.get(url, { token: stranger })).status).toBe(404);
    expect((await ai.app.get(url, { token: member.accessToken })).status).toBe(403);
    expect((await ai.app.get(url, { token: owner.accessToken })).status).toBe(200);
  });
});
