import {
  callAs,
  beginTurn,
  type Credentials,
  CONVERSATIONS_URL,
  givenExchange,
  givenConversation,
  givenNote,
  apiKeyOwner,
  NOTES_URL,
  sessionOwner,
  search,
} from '@test/support/ai/conversations.js';
import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  addOrganizationMember,
  givenOwnerWithId,
  givenUserWithId,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const SCOPES = ['conversations:read', 'conversations:write'] as const;

describe('conversations and notes created with an API key', () => {
  let app: TestApp;
  let ada: UserWithId;
  let organizationId: string;
  let by: UserWithId;
  let key: { id: string; key: string };
  let conversation: string;
  let note: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  beforeEach(async () => {
    const founder = await givenOwnerWithId(app);
    ({ organizationId } = founder);
    by = founder;
    ada = await givenUserWithId(app);
    await expectStatus(
      201,
      addOrganizationMember(app, { organizationId, by }, { user_id: ada.id, role: 'admin' }),
    );
    key = await givenApiKey(app, { organizationId, by: ada, scopes: [...SCOPES] });
    conversation = await givenConversation(app, key, { title: 'Kinkajou' });
    note = await givenNote(app, key, { content: 'A kinkajou note', conversation_id: conversation });
    await givenExchange(app, apiKeyOwner(ada, organizationId), conversation, [
      'Why a kinkajou?',
      'Kinkajou, yes.',
    ]);
  });

  /** Returns the conversations, notes and search results that these credentials can read, and two statuses. */
  const visibleRecords = async (credentials: Credentials): Promise<unknown[]> => [
    ((await callAs(app, credentials, `GET ${CONVERSATIONS_URL}`)).body as { id: string }[]).map(
      ({ id }) => id,
    ),
    ((await callAs(app, credentials, `GET ${NOTES_URL}`)).body as { id: string }[]).map(({ id }) => id),
    (await search(app, credentials, 'kinkajou')).length,
    (await callAs(app, credentials, `GET ${CONVERSATIONS_URL}/${conversation}/messages`)).status,
    (await callAs(app, credentials, `GET ${NOTES_URL}/${note}`)).status,
  ];
  const fullyVisible = (): unknown[] => [[conversation], [note], 4, 200, 200];
  const notVisible = (status: number): unknown[] => [[], [], 0, status, status];

  it('are visible to the key, to its creator and to other keys of the creator in the organization', async () => {
    expect(await visibleRecords(key)).toEqual(fullyVisible());
    expect(await visibleRecords(ada)).toEqual(fullyVisible());
    expect(
      await visibleRecords(await givenApiKey(app, { organizationId, by: ada, scopes: [...SCOPES] })),
    ).toEqual(fullyVisible());
  });

  it('are not visible to other members, nor to keys of other users or organizations', async () => {
    const other = await givenOwnerWithId(app);
    const at = { organizationId: other.organizationId, by: other };
    await expectStatus(201, addOrganizationMember(app, at, { user_id: ada.id, role: 'admin' }));
    const elsewhere = await givenApiKey(app, {
      organizationId: other.organizationId,
      by: ada,
      scopes: [...SCOPES],
    });
    const theirs = await givenApiKey(app, { organizationId, by, scopes: [...SCOPES] });
    for (const credentials of [by, elsewhere, theirs])
      expect(await visibleRecords(credentials)).toEqual(notVisible(404));
  });

  it('are all that the key can read', async () => {
    const own = await givenConversation(app, ada, { title: 'Kinkajou of my own' });
    const ownNote = await givenNote(app, ada, { content: 'kinkajou', conversation_id: own });
    expect(await visibleRecords(key)).toEqual(fullyVisible());
    for (const route of [`GET ${CONVERSATIONS_URL}/${own}`, `DELETE ${NOTES_URL}/${ownNote}`])
      expect((await callAs(app, key, route)).status).toBe(404);
    expect(
      statusAndCode(await callAs(app, key, `POST ${NOTES_URL}`, { content: 'x', conversation_id: own })),
    ).toEqual([404, 'conversation_not_found']);
  });

  it('share their organization with notes about them', async () => {
    const link = { content: 'x', conversation_id: conversation };
    const made = await expectStatus(201, callAs(app, ada, `POST ${NOTES_URL}`, link));
    await expectStatus(200, callAs(app, key, `GET ${NOTES_URL}/${made.body.id}`));
    const kept = { content: 'changed in person', conversation_id: conversation };
    const put = await expectStatus(200, callAs(app, ada, `PUT ${NOTES_URL}/${note}`, kept));
    expect(put.body).toMatchObject(kept);
    const own = await givenConversation(app, ada);
    const moved = { content: 'x', conversation_id: own };
    expect((await callAs(app, ada, `PUT ${NOTES_URL}/${note}`, moved)).status).toBe(404);
  });

  it('have messages that belong to the organization, also when a session sends them', async () => {
    await beginTurn(app, sessionOwner(ada), conversation, 'In person: tamandua');
    expect((await search(app, key, 'tamandua')).map(({ type }) => type)).toEqual(['message']);
    expect((await callAs(app, key, `GET ${CONVERSATIONS_URL}/${conversation}`)).body.message_count).toBe(3);
  });

  it('are hidden from a creator who has left the organization, and visible again after a return', async () => {
    await expectStatus(
      204,
      app.delete(`/api/organizations/${organizationId}/members/${ada.id}`, { token: by.accessToken }),
    );
    expect(await visibleRecords(ada)).toEqual(notVisible(404));
    await expect(beginTurn(app, sessionOwner(ada), conversation, 'x')).rejects.toMatchObject({
      code: 'conversation_not_found',
    });
    await expectStatus(
      201,
      addOrganizationMember(app, { organizationId, by }, { user_id: ada.id, role: 'member' }),
    );
    expect(await visibleRecords(ada)).toEqual(fullyVisible());
  });

  it('are hidden from sessions without a second factor when the organization enforces one', async () => {
    await app.sql('UPDATE organizations SET enforce_2fa = true WHERE id = $1', [organizationId]);
    expect(await visibleRecords(ada)).toEqual(notVisible(403));
    const refused = async (response: Promise<TestResponse>): Promise<void> =>
      expect(statusAndCode(await response)).toEqual([403, 'two_factor_required']);
    const one = `${CONVERSATIONS_URL}/${conversation}`;
    for (const route of [`GET ${one}`, `DELETE ${one}`, `GET ${one}/export`, `POST ${one}/session/start`])
      await refused(callAs(app, ada, route));
    await refused(callAs(app, ada, `PATCH ${one}`, { title: 'x' }));
    await refused(callAs(app, ada, `PUT ${NOTES_URL}/${note}`, { content: 'x' }));
    await refused(callAs(app, ada, `DELETE ${NOTES_URL}/${note}`));
    await expect(beginTurn(app, sessionOwner(ada), conversation, 'x')).rejects.toMatchObject({
      code: 'two_factor_required',
    });
    const twoFactorUser = await beginTurn(
      app,
      sessionOwner(ada, { hasSecondFactor: true }),
      conversation,
      'x',
    );
    expect(twoFactorUser.history).toHaveLength(2);
  });

  it('are deleted with the organization', async () => {
    await expectStatus(204, app.delete(`/api/organizations/${organizationId}`, { token: by.accessToken }));
    const left = await app.sql(
      `SELECT FROM search_entries WHERE owner_id = $1 UNION ALL SELECT FROM notes WHERE owner_id = $1
       UNION ALL SELECT FROM messages WHERE conversation_id = $2`,
      [ada.id, conversation],
    );
    expect(left).toHaveLength(0);
  });

  it('are deleted with the account of the creator', async () => {
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

  it('require the scopes of conversations', async () => {
    const reader = await givenApiKey(app, { organizationId, by: ada, scopes: ['conversations:read'] });
    const writer = await givenApiKey(app, { organizationId, by: ada, scopes: ['conversations:write'] });
    const body = { content: 'x' };
    const no = [403, 'insufficient_api_key_scope'];
    expect(statusAndCode(await callAs(app, reader, `POST ${NOTES_URL}`, body))).toEqual(no);
    expect(
      statusAndCode(await callAs(app, reader, `POST ${CONVERSATIONS_URL}/${conversation}/session/start`)),
    ).toEqual(no);
    expect(
      (await callAs(app, reader, `GET ${CONVERSATIONS_URL}/${conversation}/session/status`)).status,
    ).toBe(200);
    expect(statusAndCode(await callAs(app, writer, `GET ${NOTES_URL}`))).toEqual(no);
    expect(statusAndCode(await callAs(app, writer, 'GET /api/core/search?q=x'))).toEqual(no);
    expect((await callAs(app, writer, `POST ${NOTES_URL}`, body)).status).toBe(201);
  });
});
