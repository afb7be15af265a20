import {
  callAs,
  CONVERSATIONS_URL,
  givenConversation,
  givenNote,
  search,
} from '@test/support/ai/conversations.js';
import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { expectStatus, listAllPages, statusAndCode } from '@test/support/http/responses.js';
import {
  givenUserWithId,
  UNRESOLVABLE_IDS,
  type UserWithId,
  inParallel,
} from '@test/support/organizations/given-organizations.js';

describe('conversations', () => {
  let app: TestApp;
  let ada: UserWithId;
  let bob: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    [ada, bob] = [await givenUserWithId(app), await givenUserWithId(app)];
  });
  afterAll(() => app.stop());

  const createConversation = (body: unknown, headers?: Record<string, string>): Promise<TestResponse> =>
    app.post(CONVERSATIONS_URL, body, { token: ada.accessToken, headers });
  const conversationUrl = (id: string): string => `${CONVERSATIONS_URL}/${id}`;

  it('are created, read, changed, listed and deleted', async () => {
    const request = {
      title: ' Learning plan ',
      provider: 'auto',
      metadata: { course: 'B1', deep: [1, { a: null }] },
    };
    const { body } = await expectStatus(201, createConversation(request));
    expect(body).toEqual({
      id: expect.any(String),
      title: 'Learning plan',
      provider: 'auto',
      metadata: request.metadata,
      message_count: 0,
      created_at: expect.stringMatching(/Z$/),
      updated_at: body.created_at,
    });
    const token = ada.accessToken;
    expect((await expectStatus(200, app.get(conversationUrl(body.id), { token }))).body).toEqual(body);
    expect((await expectStatus(200, app.get(CONVERSATIONS_URL, { token }))).body).toEqual([body]);
    app.clock.advance(5);
    const changes = { ...body, title: 'Plan B', provider: null, metadata: {} };
    const changed = await expectStatus(200, app.patch(conversationUrl(body.id), changes, { token }));
    expect(changed.body).toEqual({ ...changes, updated_at: expect.any(String) });
    expect(changed.body.updated_at > body.updated_at).toBe(true);
    const partly = await expectStatus(
      200,
      app.patch(conversationUrl(body.id), { provider: 'openai' }, { token }),
    );
    expect(partly.body).toMatchObject({ title: 'Plan B', provider: 'openai', metadata: {} });
    expect((await expectStatus(204, app.delete(conversationUrl(body.id), { token }))).text).toBe('');
    for (const method of ['GET', 'DELETE', 'PATCH']) {
      expect(
        statusAndCode(
          await app.call(method, conversationUrl(body.id), {
            token,
            body: method === 'PATCH' ? {} : undefined,
          }),
        ),
      ).toEqual([404, 'conversation_not_found']);
    }
  });

  it('can be created without any property', async () => {
    for (const body of [undefined, {}, { provider: null }]) {
      expect((await expectStatus(201, createConversation(body))).body).toMatchObject({
        title: 'New conversation',
        provider: null,
        metadata: {},
      });
    }
  });

  it('keep text of any script, emoji and writing direction unchanged', async () => {
    const titles = [
      'שלום עולם',
      'مرحبا بالعالم',
      '学習計画 📚',
      '👩‍👩‍👧‍👦 family',
      'e\u0301 é',
      '𝒳 𠜎',
      `'); DROP TABLE notes; --`,
    ];
    for (const title of titles) {
      const id = await givenConversation(app, ada, { title, metadata: { [title]: title } });
      const { body } = await expectStatus(200, callAs(app, ada, `GET ${conversationUrl(id)}`));
      expect(body).toMatchObject({ title, metadata: { [title]: title } });
    }
  });

  it('reject invalid titles, providers and metadata', async () => {
    const bad = [
      { title: '' },
      { title: '   ' },
      { title: 'a\nb' },
      { title: 'x'.repeat(201) },
      { title: 'a\u0000' },
      { title: null },
      { title: 7 },
      { provider: '' },
      { provider: 'a b' },
      { provider: 'x'.repeat(101) },
      { metadata: [] },
      { metadata: null },
      { metadata: { a: 'x'.repeat(4096) } },
      { metadata: { a: '\ud800' } },
      { unknown: 1 },
      { message_count: 3 },
    ];
    const responses = await Promise.all(bad.map((body) => createConversation(body)));
    expect(responses.map(statusAndCode)).toEqual(bad.map(() => [400, 'validation_failed']));
  });

  it('reject changes of read-only fields', async () => {
    const id = await givenConversation(app, ada);
    for (const body of [{ id: ada.id }, { message_count: 1 }, { created_at: '2020-01-01T00:00:00.000Z' }]) {
      expect(statusAndCode(await callAs(app, ada, `PATCH ${conversationUrl(id)}`, body))).toEqual([
        400,
        'field_read_only',
      ]);
    }
  });

  it('are not found by other users on any route', async () => {
    const id = await givenConversation(app, ada, { title: 'Secretive porcupine' });
    const routes = ['GET', 'GET /messages', 'GET /export', 'GET /session/status', 'DELETE', 'PATCH'];
    const posts = ['POST /session/start', 'POST /session/activity', 'POST /session/end'];
    for (const route of [...routes, ...posts]) {
      const [method = '', path = ''] = route.split(' ');
      const body = method === 'PATCH' ? { title: 'Mine' } : undefined;
      const tries = [conversationUrl(id), ...UNRESOLVABLE_IDS.map(conversationUrl)].map((url) =>
        callAs(app, bob, `${method} ${url}${path}`, body),
      );
      for (const response of await Promise.all(tries))
        expect(statusAndCode(response)).toEqual([404, 'conversation_not_found']);
      expect(statusAndCode(await app.call(method, `${conversationUrl(id)}${path}`, { body }))).toEqual([
        401,
        'token_invalid',
      ]);
    }
    expect((await callAs(app, bob, `GET ${CONVERSATIONS_URL}`)).body).toEqual([]);
    expect((await callAs(app, ada, `GET ${conversationUrl(id)}`)).body.title).toBe('Secretive porcupine');
  });

  it('are listed once each, newest first, on any page size', async () => {
    const eve = await givenUserWithId(app);
    const ids: string[] = [];
    for (let count = 0; count < 23; count += 1) ids.unshift(await givenConversation(app, eve));
    for (const [limit, expected] of [
      ['', 2],
      ['?limit=1', 23],
      ['?limit=7', 4],
      ['?limit=23', 1],
      ['?limit=100', 1],
    ]) {
      const { rows, pages } = await listAllPages<{ id: string }>(
        app,
        `${CONVERSATIONS_URL}${limit}`,
        eve.accessToken,
      );
      expect(rows.map(({ id }) => id)).toEqual(ids);
      expect(pages).toBe(expected);
    }
    for (const query of ['?limit=0', '?limit=101', '?cursor=abc', '?cursor=AAAA']) {
      expect((await callAs(app, eve, `GET ${CONVERSATIONS_URL}${query}`)).status).toBe(400);
    }
  });

  it('are created once by 20 requests with one Idempotency-Key', async () => {
    const eve = await givenUserWithId(app);
    const call = { token: eve.accessToken, headers: { 'idempotency-key': 'once' } };
    const responses = await inParallel(20, () => app.post(CONVERSATIONS_URL, { title: 'Once' }, call));
    const made = responses.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    const rest = responses.filter(({ status }) => status !== 201);
    expect(rest.every(({ body }) => body.code === 'idempotency_in_progress')).toBe(true);
    expect((await callAs(app, eve, `GET ${CONVERSATIONS_URL}`)).body).toHaveLength(1);
    expect(await search(app, eve, 'once')).toHaveLength(0); // a stop word
  });

  it('are deleted by one of 20 concurrent requests', async () => {
    const id = await givenConversation(app, ada);
    const responses = await inParallel(20, () => callAs(app, ada, `DELETE ${conversationUrl(id)}`));
    expect(responses.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(19).fill(404)]);
  });

  it('are deleted without their notes', async () => {
    const id = await givenConversation(app, ada, { title: 'Gone' });
    const note = await givenNote(app, ada, { content: 'Stays', conversation_id: id });
    await callAs(app, ada, `POST ${conversationUrl(id)}/session/start`);
    await expectStatus(204, callAs(app, ada, `DELETE ${conversationUrl(id)}`));
    const { body } = await expectStatus(200, callAs(app, ada, `GET /api/core/notes/${note}`));
    expect(body).toMatchObject({ content: 'Stays', conversation_id: null });
    const left = await app.sql('SELECT FROM learning_sessions WHERE conversation_id = $1', [id]);
    expect(left).toHaveLength(0);
  });
});
