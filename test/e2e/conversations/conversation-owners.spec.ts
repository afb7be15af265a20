import { givenKey } from '@test/support/auth/api-keys.js';
import { type Answer, TestApp } from '@test/support/app/test-app.js';
import {
  ask,
  begin,
  type By,
  CONVERSATIONS,
  exchange,
  givenConversation,
  givenNote,
  inOrganization,
  NOTES,
  ownerIs,
  search,
} from '@test/support/ai/conversations.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  addTo,
  givenFounder,
  givenPerson,
  type Person,
  refusal,
} from '@test/support/organizations/given-organizations.js';

const SCOPES = ['conversations:read', 'conversations:write'] as const;

describe('conversations made with an API key', () => {
  let app: TestApp;
  let ada: Person;
  let organizationId: string;
  let by: Person;
  let key: { id: string; key: string };
  let conversation: string;
  let note: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  beforeEach(async () => {
    const founder = await givenFounder(app);
    ({ organizationId } = founder);
    by = founder;
    ada = await givenPerson(app);
    await expectStatus(201, addTo(app, { organizationId, by }, { user_id: ada.id, role: 'admin' }));
    key = await givenKey(app, { organizationId, by: ada, scopes: [...SCOPES] });
    conversation = await givenConversation(app, key, { title: 'Kinkajou' });
    note = await givenNote(app, key, { content: 'A kinkajou note', conversation_id: conversation });
    await exchange(app, inOrganization(ada, organizationId), conversation, [
      'Why a kinkajou?',
      'Kinkajou, yes.',
    ]);
  });

  /** What somebody sees of it. */
  const sight = async (who: By): Promise<unknown[]> => [
    ((await ask(app, who, `GET ${CONVERSATIONS}`)).body as { id: string }[]).map(({ id }) => id),
    ((await ask(app, who, `GET ${NOTES}`)).body as { id: string }[]).map(({ id }) => id),
    (await search(app, who, 'kinkajou')).length,
    (await ask(app, who, `GET ${CONVERSATIONS}/${conversation}/messages`)).status,
    (await ask(app, who, `GET ${NOTES}/${note}`)).status,
  ];
  const seen = (): unknown[] => [[conversation], [note], 4, 200, 200];
  const unseen = (status: number): unknown[] => [[], [], 0, status, status];

  it('are seen by it, by its maker and by other keys of theirs there', async () => {
    expect(await sight(key)).toEqual(seen());
    expect(await sight(ada)).toEqual(seen());
    expect(await sight(await givenKey(app, { organizationId, by: ada, scopes: [...SCOPES] }))).toEqual(
      seen(),
    );
  });

  it('are not seen by other members, nor by keys of other people or organizations', async () => {
    const other = await givenFounder(app);
    const at = { organizationId: other.organizationId, by: other };
    await expectStatus(201, addTo(app, at, { user_id: ada.id, role: 'admin' }));
    const elsewhere = await givenKey(app, {
      organizationId: other.organizationId,
      by: ada,
      scopes: [...SCOPES],
    });
    const theirs = await givenKey(app, { organizationId, by, scopes: [...SCOPES] });
    for (const who of [by, elsewhere, theirs]) expect(await sight(who)).toEqual(unseen(404));
  });

  it('are all that it sees', async () => {
    const own = await givenConversation(app, ada, { title: 'Kinkajou of my own' });
    const ownNote = await givenNote(app, ada, { content: 'kinkajou', conversation_id: own });
    expect(await sight(key)).toEqual(seen());
    for (const route of [`GET ${CONVERSATIONS}/${own}`, `DELETE ${NOTES}/${ownNote}`])
      expect((await ask(app, key, route)).status).toBe(404);
    expect(refusal(await ask(app, key, `POST ${NOTES}`, { content: 'x', conversation_id: own }))).toEqual([
      404,
      'conversation_not_found',
    ]);
  });

  it('and notes about them belong together', async () => {
    const link = { content: 'x', conversation_id: conversation };
    const made = await expectStatus(201, ask(app, ada, `POST ${NOTES}`, link));
    await expectStatus(200, ask(app, key, `GET ${NOTES}/${made.body.id}`));
    const kept = { content: 'changed in person', conversation_id: conversation };
    const put = await expectStatus(200, ask(app, ada, `PUT ${NOTES}/${note}`, kept));
    expect(put.body).toMatchObject(kept);
    const own = await givenConversation(app, ada);
    const moved = { content: 'x', conversation_id: own };
    expect((await ask(app, ada, `PUT ${NOTES}/${note}`, moved)).status).toBe(404);
  });

  it('get turns that belong where they do, whoever takes them', async () => {
    await begin(app, ownerIs(ada), conversation, 'In person: tamandua');
    expect((await search(app, key, 'tamandua')).map(({ type }) => type)).toEqual(['message']);
    expect((await ask(app, key, `GET ${CONVERSATIONS}/${conversation}`)).body.message_count).toBe(3);
  });

  it('are out of sight for who has left, and back for who returns', async () => {
    await expectStatus(
      204,
      app.delete(`/api/organizations/${organizationId}/members/${ada.id}`, { token: by.accessToken }),
    );
    expect(await sight(ada)).toEqual(unseen(404));
    await expect(begin(app, ownerIs(ada), conversation, 'x')).rejects.toMatchObject({
      code: 'conversation_not_found',
    });
    await expectStatus(201, addTo(app, { organizationId, by }, { user_id: ada.id, role: 'member' }));
    expect(await sight(ada)).toEqual(seen());
  });

  it('of an organization that asks for a second factor are hidden from sessions without', async () => {
    await app.sql('UPDATE organizations SET enforce_2fa = true WHERE id = $1', [organizationId]);
    expect(await sight(ada)).toEqual(unseen(403));
    const refused = async (answer: Promise<Answer>): Promise<void> =>
      expect(refusal(await answer)).toEqual([403, 'two_factor_required']);
    const one = `${CONVERSATIONS}/${conversation}`;
    for (const route of [`GET ${one}`, `DELETE ${one}`, `GET ${one}/export`, `POST ${one}/session/start`])
      await refused(ask(app, ada, route));
    await refused(ask(app, ada, `PATCH ${one}`, { title: 'x' }));
    await refused(ask(app, ada, `PUT ${NOTES}/${note}`, { content: 'x' }));
    await refused(ask(app, ada, `DELETE ${NOTES}/${note}`));
    await expect(begin(app, ownerIs(ada), conversation, 'x')).rejects.toMatchObject({
      code: 'two_factor_required',
    });
    const strong = await begin(app, ownerIs(ada, { provedFactor: true }), conversation, 'x');
    expect(strong.history).toHaveLength(2);
  });

  it('end with the organization', async () => {
    await expectStatus(204, app.delete(`/api/organizations/${organizationId}`, { token: by.accessToken }));
    const left = await app.sql(
      `SELECT FROM search_entries WHERE owner_id = $1 UNION ALL SELECT FROM notes WHERE owner_id = $1
       UNION ALL SELECT FROM messages WHERE conversation_id = $2`,
      [ada.id, conversation],
    );
    expect(left).toHaveLength(0);
  });

  it('end with the account of their maker', async () => {
    await expectStatus(
      204,
      app.call('DELETE', '/api/auth/me', { token: ada.accessToken, body: { password: ada.password } }),
    );
    const left = await app.sql(
      `SELECT FROM search_entries WHERE owner_id = $1 UNION ALL SELECT FROM notes WHERE owner_id = $1
       UNION ALL SELECT FROM conversations WHERE owner_id = $1`,
      [ada.id],
    );
    expect(left).toHaveLength(0);
  });

  it('need the scope', async () => {
    const reader = await givenKey(app, { organizationId, by: ada, scopes: ['conversations:read'] });
    const writer = await givenKey(app, { organizationId, by: ada, scopes: ['conversations:write'] });
    const body = { content: 'x' };
    const no = [403, 'insufficient_api_key_scope'];
    expect(refusal(await ask(app, reader, `POST ${NOTES}`, body))).toEqual(no);
    expect(refusal(await ask(app, reader, `POST ${CONVERSATIONS}/${conversation}/session/start`))).toEqual(
      no,
    );
    expect((await ask(app, reader, `GET ${CONVERSATIONS}/${conversation}/session/status`)).status).toBe(200);
    expect(refusal(await ask(app, writer, `GET ${NOTES}`))).toEqual(no);
    expect(refusal(await ask(app, writer, 'GET /api/core/search?q=x'))).toEqual(no);
    expect((await ask(app, writer, `POST ${NOTES}`, body)).status).toBe(201);
  });
});
