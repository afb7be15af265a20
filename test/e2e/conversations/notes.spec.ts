import { type Answer, TestApp } from '@test/support/app/test-app.js';
import { ask, givenConversation, givenNote, NOTES, search } from '@test/support/ai/conversations.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  givenPerson,
  NO_IDS,
  type Person,
  refusal,
  together,
  UNKNOWN_ID,
  walk,
} from '@test/support/organizations/given-organizations.js';

describe('notes', () => {
  let app: TestApp;
  let ada: Person;
  let bob: Person;

  beforeAll(async () => {
    app = await TestApp.start();
    [ada, bob] = [await givenPerson(app), await givenPerson(app)];
  });
  afterAll(() => app.stop());

  const post = (body: unknown, by = ada): Promise<Answer> => ask(app, by, `POST ${NOTES}`, body);
  const put = (id: string, body: unknown): Promise<Answer> => ask(app, ada, `PUT ${NOTES}/${id}`, body);

  it('are written, read, replaced, listed and deleted', async () => {
    const conversation = await givenConversation(app, ada);
    const text = { title: 'May', content: ' We ship\n in June. ', conversation_id: conversation };
    const { body } = await expectStatus(201, post(text));
    expect(body).toEqual({
      ...text,
      id: expect.any(String),
      created_at: expect.stringMatching(/Z$/),
      updated_at: body.created_at,
    });
    expect((await expectStatus(200, ask(app, ada, `GET ${NOTES}/${body.id}`))).body).toEqual(body);
    expect((await expectStatus(200, ask(app, ada, `GET ${NOTES}`))).body).toEqual([body]);
    app.clock.advance(5);
    const replaced = await expectStatus(200, put(body.id, { ...body, content: 'July.' }));
    expect(replaced.body).toEqual({ ...body, content: 'July.', updated_at: expect.any(String) });
    expect(replaced.body.updated_at > body.updated_at).toBe(true);
    const bare = await expectStatus(200, put(body.id, { content: 'August.' }));
    expect(bare.body).toMatchObject({ title: null, content: 'August.', conversation_id: null });
    expect((await expectStatus(204, ask(app, ada, `DELETE ${NOTES}/${body.id}`))).text).toBe('');
    expect(refusal(await ask(app, ada, `DELETE ${NOTES}/${body.id}`))).toEqual([404, 'note_not_found']);
    expect(refusal(await put(body.id, { content: 'x' }))).toEqual([404, 'note_not_found']);
  });

  it('refuse what is no note', async () => {
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
    const answers = await Promise.all(bad.map((body) => post(body)));
    expect(answers.map(refusal)).toEqual(bad.map(() => [400, 'validation_failed']));
    const id = await givenNote(app, ada, { content: 'x' });
    expect(refusal(await put(id, { content: 'x', id: UNKNOWN_ID }))).toEqual([400, 'field_read_only']);
  });

  it('hold 100,000 characters of any script, and are found by any of their first words', async () => {
    const content = `zebrafish ${'🦓 שלום 東京 ñandú '.repeat(6_600)}`;
    const id = await givenNote(app, ada, { content: content.slice(0, 100_000) });
    expect((await ask(app, ada, `GET ${NOTES}/${id}`)).body.content).toBe(content.slice(0, 100_000));
    for (const word of ['zebrafish', 'שלום', '東京', 'ÑANDÚ']) {
      expect((await search(app, ada, word)).map((row) => row.id)).toEqual([id]);
    }
  });

  it('of unusual words without end are stored all the same', async () => {
    const letters = Array.from({ length: 30_000 }, (_, index) => String.fromCodePoint(0x20000 + index));
    for (const content of [
      letters.join(' '),
      letters.join('-'),
      letters.join(''),
      letters.join('/'),
      'x'.repeat(99_999),
    ]) {
      await expectStatus(201, post({ content: content.slice(0, 100_000) }));
    }
  });

  it('are about conversations of their own author', async () => {
    const own = await givenConversation(app, ada);
    const other = await givenConversation(app, bob);
    for (const conversation_id of [other, UNKNOWN_ID]) {
      const body = { content: 'x', conversation_id };
      expect(refusal(await post(body))).toEqual([404, 'conversation_not_found']);
      const id = await givenNote(app, ada, { content: 'x', conversation_id: own });
      expect(refusal(await put(id, body))).toEqual([404, 'conversation_not_found']);
      expect((await ask(app, ada, `GET ${NOTES}/${id}`)).body.conversation_id).toBe(own);
    }
    const about = (await ask(app, ada, `GET ${NOTES}?conversation_id=${own}`)).body as object[];
    expect(about).toHaveLength(2);
    expect((await ask(app, bob, `GET ${NOTES}?conversation_id=${own}`)).body).toEqual([]);
    expect((await ask(app, ada, `GET ${NOTES}?conversation_id=x`)).status).toBe(400);
  });

  it('are nowhere to be found for anybody else', async () => {
    const id = await givenNote(app, ada, { content: 'Secretive pangolin' });
    for (const noteId of [id, ...NO_IDS]) {
      for (const method of ['GET', 'DELETE', 'PUT']) {
        const answer = await ask(
          app,
          bob,
          `${method} ${NOTES}/${noteId}`,
          method === 'PUT' ? { content: 'x' } : undefined,
        );
        expect(refusal(answer)).toEqual([404, 'note_not_found']);
      }
    }
    expect(await search(app, bob, 'pangolin')).toEqual([]);
    expect((await ask(app, ada, `GET ${NOTES}/${id}`)).body.content).toBe('Secretive pangolin');
  });

  it('are listed newest first, each on one page whatever the size of the pages', async () => {
    const eve = await givenPerson(app);
    const conversation_id = await givenConversation(app, eve);
    const ids: string[] = [];
    for (let count = 0; count < 22; count += 1) {
      const about = count % 2 === 0 ? { conversation_id } : {};
      ids.unshift(await givenNote(app, eve, { content: `n${count}`, ...about }));
    }
    const half = ids.filter((_, index) => index % 2 === 1);
    for (const limit of [1, 4, 11, 20]) {
      const all = await walk<{ id: string }>(app, `${NOTES}?limit=${limit}`, eve.accessToken);
      expect(all.rows.map(({ id }) => id)).toEqual(ids);
      const url = `${NOTES}?limit=${limit}&conversation_id=${conversation_id}`;
      const about = await walk<{ id: string }>(app, url, eve.accessToken);
      expect(about.rows.map(({ id }) => id)).toEqual(half);
    }
  });

  it('are written once by twenty requests with one idempotency key', async () => {
    const call = { token: ada.accessToken, headers: { 'idempotency-key': 'note-once' } };
    const answers = await together(20, () => app.post(NOTES, { content: 'Ocelot' }, call));
    const made = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id));
    expect(made.size).toBe(1);
    expect((await search(app, ada, 'ocelot')).map(({ id }) => id)).toEqual([...made]);
  });

  it('replaced by many at once are found by what they say in the end', async () => {
    const id = await givenNote(app, ada, { content: 'start' });
    const words = Array.from({ length: 12 }, (_, index) => `lemming${String.fromCharCode(97 + index)}`);
    await Promise.all(words.map((content) => put(id, { content })));
    const { content } = (await ask(app, ada, `GET ${NOTES}/${id}`)).body;
    const found = await Promise.all(
      words.map(async (word) => ((await search(app, ada, word)).length > 0 ? [word] : [])),
    );
    expect(found.flat()).toEqual([content]);
  });

  it('written about a conversation that is deleted meanwhile are refused or unlinked', async () => {
    for (let round = 0; round < 4; round += 1) {
      const conversation_id = await givenConversation(app, ada);
      const [notes] = await Promise.all([
        together(8, () => post({ content: 'numbat', conversation_id })),
        expectStatus(204, ask(app, ada, `DELETE /api/core/conversations/${conversation_id}`)),
      ]);
      for (const answer of notes) expect([201, 404]).toContain(answer.status);
      const links = await app.sql('SELECT FROM notes WHERE conversation_id = $1', [conversation_id]);
      expect(links).toHaveLength(0);
    }
  });
});
