import { callAs, givenConversation, givenNote, NOTES_URL, search } from '@test/support/ai/conversations.js';
import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { expectStatus, listAllPages, statusAndCode } from '@test/support/http/responses.js';
import {
  givenUserWithId,
  UNRESOLVABLE_IDS,
  type UserWithId,
  inParallel,
  UNKNOWN_ID,
} from '@test/support/organizations/given-organizations.js';

describe('notes', () => {
  let app: TestApp;
  let ada: UserWithId;
  let bob: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    [ada, bob] = [await givenUserWithId(app), await givenUserWithId(app)];
  });
  afterAll(() => app.stop());

  const createNote = (body: unknown, by = ada): Promise<TestResponse> =>
    callAs(app, by, `POST ${NOTES_URL}`, body);
  const updateNote = (id: string, body: unknown): Promise<TestResponse> =>
    callAs(app, ada, `PUT ${NOTES_URL}/${id}`, body);

  it('are created, read, replaced, listed and deleted', async () => {
    const conversation = await givenConversation(app, ada);
    const text = { title: 'May', content: ' We ship\n in June. ', conversation_id: conversation };
    const { body } = await expectStatus(201, createNote(text));
    expect(body).toEqual({
      ...text,
      id: expect.any(String),
      created_at: expect.stringMatching(/Z$/),
      updated_at: body.created_at,
    });
    expect((await expectStatus(200, callAs(app, ada, `GET ${NOTES_URL}/${body.id}`))).body).toEqual(body);
    expect((await expectStatus(200, callAs(app, ada, `GET ${NOTES_URL}`))).body).toEqual([body]);
    app.clock.advance(5);
    const replaced = await expectStatus(200, updateNote(body.id, { ...body, content: 'July.' }));
    expect(replaced.body).toEqual({ ...body, content: 'July.', updated_at: expect.any(String) });
    expect(replaced.body.updated_at > body.updated_at).toBe(true);
    const bare = await expectStatus(200, updateNote(body.id, { content: 'August.' }));
    expect(bare.body).toMatchObject({ title: null, content: 'August.', conversation_id: null });
    expect((await expectStatus(204, callAs(app, ada, `DELETE ${NOTES_URL}/${body.id}`))).text).toBe('');
    expect(statusAndCode(await callAs(app, ada, `DELETE ${NOTES_URL}/${body.id}`))).toEqual([
      404,
      'note_not_found',
    ]);
    expect(statusAndCode(await updateNote(body.id, { content: 'x' }))).toEqual([404, 'note_not_found']);
  });

  it('reject invalid content, titles and links', async () => {
    const bad = [
      {},
      { content: '' },
      { content: null },
      { content: 'x'.repeat(100_001) },
      { content: 'a\u0000' },
      { content: 'x', title: '' },
      { content: 'x', title: 'x'.repeat(201) },
      { content: 'x', conversation_id: 'nothing' },
      { content: 'x', unknown: true },
    ];
    const responses = await Promise.all(bad.map((body) => createNote(body)));
    expect(responses.map(statusAndCode)).toEqual(bad.map(() => [400, 'validation_failed']));
    const id = await givenNote(app, ada, { content: 'x' });
    expect(statusAndCode(await updateNote(id, { content: 'x', id: UNKNOWN_ID }))).toEqual([
      400,
      'field_read_only',
    ]);
  });

  it('can have 100,000 characters of any script, and are found by their first words', async () => {
    const content = `zebrafish ${'🦓 שלום 東京 ñandú '.repeat(6_600)}`;
    const id = await givenNote(app, ada, { content: content.slice(0, 100_000) });
    expect((await callAs(app, ada, `GET ${NOTES_URL}/${id}`)).body.content).toBe(content.slice(0, 100_000));
    for (const word of ['zebrafish', 'שלום', '東京', 'ÑANDÚ']) {
      expect((await search(app, ada, word)).map((row) => row.id)).toEqual([id]);
    }
  });

  it('with tens of thousands of unusual words are stored', async () => {
    const characters = Array.from({ length: 30_000 }, (_, index) => String.fromCodePoint(0x20000 + index));
    for (const content of [
      characters.join(' '),
      characters.join('-'),
      characters.join(''),
      characters.join('/'),
      'x'.repeat(99_999),
    ]) {
      await expectStatus(201, createNote({ content: content.slice(0, 100_000) }));
    }
  });

  it('can be about conversations of the same user only', async () => {
    const own = await givenConversation(app, ada);
    const other = await givenConversation(app, bob);
    for (const conversation_id of [other, UNKNOWN_ID]) {
      const body = { content: 'x', conversation_id };
      expect(statusAndCode(await createNote(body))).toEqual([404, 'conversation_not_found']);
      const id = await givenNote(app, ada, { content: 'x', conversation_id: own });
      expect(statusAndCode(await updateNote(id, body))).toEqual([404, 'conversation_not_found']);
      expect((await callAs(app, ada, `GET ${NOTES_URL}/${id}`)).body.conversation_id).toBe(own);
    }
    const about = (await callAs(app, ada, `GET ${NOTES_URL}?conversation_id=${own}`)).body as object[];
    expect(about).toHaveLength(2);
    expect((await callAs(app, bob, `GET ${NOTES_URL}?conversation_id=${own}`)).body).toEqual([]);
    expect((await callAs(app, ada, `GET ${NOTES_URL}?conversation_id=x`)).status).toBe(400);
  });

  it('are not found by other users', async () => {
    const id = await givenNote(app, ada, { content: 'Secretive pangolin' });
    for (const noteId of [id, ...UNRESOLVABLE_IDS]) {
      for (const method of ['GET', 'DELETE', 'PUT']) {
        const response = await callAs(
          app,
          bob,
          `${method} ${NOTES_URL}/${noteId}`,
          method === 'PUT' ? { content: 'x' } : undefined,
        );
        expect(statusAndCode(response)).toEqual([404, 'note_not_found']);
      }
    }
    expect(await search(app, bob, 'pangolin')).toEqual([]);
    expect((await callAs(app, ada, `GET ${NOTES_URL}/${id}`)).body.content).toBe('Secretive pangolin');
  });

  it('are listed once each, newest first, on any page size', async () => {
    const eve = await givenUserWithId(app);
    const conversation_id = await givenConversation(app, eve);
    const ids: string[] = [];
    for (let count = 0; count < 22; count += 1) {
      const about = count % 2 === 0 ? { conversation_id } : {};
      ids.unshift(await givenNote(app, eve, { content: `n${count}`, ...about }));
    }
    const half = ids.filter((_, index) => index % 2 === 1);
    for (const limit of [1, 4, 11, 20]) {
      const all = await listAllPages<{ id: string }>(app, `${NOTES_URL}?limit=${limit}`, eve.accessToken);
      expect(all.rows.map(({ id }) => id)).toEqual(ids);
      const url = `${NOTES_URL}?limit=${limit}&conversation_id=${conversation_id}`;
      const about = await listAllPages<{ id: string }>(app, url, eve.accessToken);
      expect(about.rows.map(({ id }) => id)).toEqual(half);
    }
  });

  it('are created once by 20 requests with one Idempotency-Key', async () => {
    const call = { token: ada.accessToken, headers: { 'idempotency-key': 'note-once' } };
    const responses = await inParallel(20, () => app.post(NOTES_URL, { content: 'Ocelot' }, call));
    const made = new Set(responses.filter(({ status }) => status === 201).map(({ body }) => body.id));
    expect(made.size).toBe(1);
    expect((await search(app, ada, 'ocelot')).map(({ id }) => id)).toEqual([...made]);
  });

  it('replaced by concurrent requests are found by their last content only', async () => {
    const id = await givenNote(app, ada, { content: 'start' });
    const words = Array.from({ length: 12 }, (_, index) => `lemming${String.fromCharCode(97 + index)}`);
    await Promise.all(words.map((content) => updateNote(id, { content })));
    const { content } = (await callAs(app, ada, `GET ${NOTES_URL}/${id}`)).body;
    const found = await Promise.all(
      words.map(async (word) => ((await search(app, ada, word)).length > 0 ? [word] : [])),
    );
    expect(found.flat()).toEqual([content]);
  });

  it('created while their conversation is deleted are refused or unlinked', async () => {
    for (let round = 0; round < 4; round += 1) {
      const conversation_id = await givenConversation(app, ada);
      const [notes] = await Promise.all([
        inParallel(8, () => createNote({ content: 'numbat', conversation_id })),
        expectStatus(204, callAs(app, ada, `DELETE /api/core/conversations/${conversation_id}`)),
      ]);
      for (const response of notes) expect([201, 404]).toContain(response.status);
      const links = await app.sql('SELECT FROM notes WHERE conversation_id = $1', [conversation_id]);
      expect(links).toHaveLength(0);
    }
  });
});
