import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import { givenReadyDocument } from '@test/support/knowledge/ready-documents.js';
import {
  givenPopulatedOrganization,
  type PopulatedOrganization,
} from '@test/support/organizations/given-organizations.js';

const VERBS = 'The verb λέγω means to say.';

const REMINDERS = { enabled: false, time: '19:00' };
const NICKNAME = { nickname: 'Otter' };

/** Decides a request once: there is nothing to decide afterwards. */
const DECISION = 'PATCH /api/xel/evaluations/:evaluation_id';

interface Update {
  method: 'PATCH' | 'PUT';
  url: string;
  /** Where the client reads what it sends back; by default the URL itself. */
  readUrl?: string;
  body?: object;
}

/** Every operation that changes a resource in place; a contract test compares them with the routes. */
describe('an update that changes nothing', () => {
  let app: TestApp;
  let place: PopulatedOrganization;
  let conversationId: string;
  let noteId: string;
  let documentId: string;
  let collectionId: string;
  let webhookId: string;

  beforeAll(async () => {
    app = await TestApp.start();
    place = await givenPopulatedOrganization(app);
    const call = { token: place.owner.accessToken };
    const created = app.post('/api/core/conversations', { title: 'Greek', metadata: { a: 1 } }, call);
    conversationId = (await expectStatus(201, created)).body.id;
    const note = app.post('/api/core/notes', { title: 'Verbs', content: 'λέγω' }, call);
    noteId = (await expectStatus(201, note)).body.id;
    const shared = { visibility: 'organization', organization_id: place.organizationId };
    const collection = app.post('/api/rag/collections', { name: 'Grammar', ...shared }, call);
    collectionId = (await expectStatus(201, collection)).body.id;
    const hook = { url: 'https://8.8.8.8/xentree', events: ['live.session.ended'] };
    const webhook = app.post(`${place.organizationUrl}/webhooks`, hook, call);
    webhookId = (await expectStatus(201, webhook)).body.id;
    const document = { title: 'Verbs', text: VERBS, metadata: { a: 1 }, ...shared };
    documentId = await givenReadyDocument(app, place.owner.accessToken, document);
    await expectStatus(200, app.patch('/api/live/nickname', NICKNAME, call));
    await expectStatus(200, app.call('PUT', '/api/xp/reminders', { body: REMINDERS, ...call }));
  });
  afterAll(() => app.stop());

  const updates = (): Record<string, Update> => ({
    'PATCH /api/auth/me': { method: 'PATCH', url: '/api/auth/me' },
    'PATCH /api/v1/users/me': { method: 'PATCH', url: '/api/v1/users/me' },
    'PATCH /api/v1/users/:user_id': {
      method: 'PATCH',
      url: `/api/v1/users/${place.provisioned.id}`,
      readUrl: '/api/v1/users',
    },
    'PATCH /api/v1/organization': { method: 'PATCH', url: '/api/v1/organization' },
    'PATCH /api/organizations/:org_id': { method: 'PATCH', url: place.organizationUrl },
    'PATCH /api/organizations/:org_id/teams/:team_id': {
      method: 'PATCH',
      url: `${place.organizationUrl}/teams/${place.teamId}`,
      readUrl: `${place.organizationUrl}/teams`,
    },
    'PATCH /api/organizations/:org_id/members/:target_user_id': {
      method: 'PATCH',
      url: `${place.organizationUrl}/members/${place.member.id}`,
      body: { role: 'member' },
    },
    'PUT /api/organizations/:org_id/members/:target_user_id': {
      method: 'PUT',
      url: `${place.organizationUrl}/members/${place.member.id}`,
      readUrl: `${place.organizationUrl}/members`,
    },
    'PUT /api/organizations/:org_id/teams/:team_id/members/:user_id': {
      method: 'PUT',
      url: `${place.organizationUrl}/teams/${place.teamId}/members/${place.member.id}`,
    },
    'PATCH /api/core/conversations/:conversation_id': {
      method: 'PATCH',
      url: `/api/core/conversations/${conversationId}`,
    },
    'PUT /api/core/notes/:note_id': { method: 'PUT', url: `/api/core/notes/${noteId}` },
    'PATCH /api/live/nickname': { method: 'PATCH', url: '/api/live/nickname', body: NICKNAME },
    'PUT /api/live/nickname': { method: 'PUT', url: '/api/live/nickname', body: NICKNAME },
    'PUT /api/xp/reminders': { method: 'PUT', url: '/api/xp/reminders', body: REMINDERS },
    // The owner of the first organization is an operator.
    'PUT /api/admin/organizations/:org_id/live-plan': {
      method: 'PUT',
      url: `/api/admin/organizations/${place.organizationId}/live-plan`,
      body: { plan: 'free' },
    },
    'PATCH /api/rag/collections/:collection_id': {
      method: 'PATCH',
      url: `/api/rag/collections/${collectionId}`,
    },
    'PATCH /api/organizations/:org_id/webhooks/:webhook_id': {
      method: 'PATCH',
      url: `${place.organizationUrl}/webhooks/${webhookId}`,
      readUrl: `${place.organizationUrl}/webhooks`,
    },
    'PATCH /api/rag/documents/:document_id': { method: 'PATCH', url: `/api/rag/documents/${documentId}` },
    'PUT /api/rag/documents/:document_id': {
      method: 'PUT',
      url: `/api/rag/documents/${documentId}`,
      body: { text: VERBS },
    },
  });

  const snapshot = async (): Promise<object[]> =>
    Promise.all(
      [
        'SELECT * FROM users ORDER BY id',
        'SELECT * FROM organizations ORDER BY id',
        'SELECT * FROM memberships ORDER BY id',
        'SELECT * FROM teams ORDER BY id',
        'SELECT * FROM conversations ORDER BY id',
        'SELECT * FROM notes ORDER BY id',
        'SELECT id FROM audit_events ORDER BY id',
        'SELECT * FROM live_plans ORDER BY organization_id',
        'SELECT d.*, d.xmin::text AS row_version FROM knowledge_documents d ORDER BY id',
        'SELECT v.*, v.xmin::text AS row_version FROM knowledge_document_versions v ORDER BY id',
        'SELECT c.*, c.xmin::text AS row_version FROM knowledge_collections c ORDER BY id',
        'SELECT w.*, w.xmin::text AS row_version FROM webhooks w ORDER BY id',
        'SELECT r.*, r.xmin::text AS row_version FROM learner_reminders r ORDER BY user_id',
        // The version of a row changes with every write, also with one of equal values.
        'SELECT u.xmin::text AS version FROM users u ORDER BY id',
        'SELECT n.xmin::text AS version FROM notes n ORDER BY id',
        'SELECT c.xmin::text AS version FROM conversations c ORDER BY id',
        'SELECT o.xmin::text AS version FROM organizations o ORDER BY id',
      ].map((text) => app.sql(text)),
    );

  const bodies = async ({ method, url, readUrl = url, body }: Update): Promise<(object | undefined)[]> => {
    if (body) return [body];
    if (/teams\/[^/]+\/members/.test(url)) return [undefined];
    const { body: read } = await expectStatus(200, app.get(readUrl, { token: place.owner.accessToken }));
    const id = url.split('/').at(-1);
    const list = read as { id?: string; user_id?: string }[];
    const current = Array.isArray(read)
      ? list.find((row) => row.id === id || row.user_id === id)
      : (read as object);
    return method === 'PATCH' || readUrl !== url ? [current, {}] : [current];
  };

  it('is tested for every PATCH and PUT of the server', () => {
    const routes = jest.requireActual<Record<string, string>>('@test/contract/routes.json');
    const declared = Object.keys(routes).filter((route) => /^(PATCH|PUT) /.test(route) && route !== DECISION);
    expect(Object.keys(updates()).sort()).toEqual(declared.sort());
  });

  it('writes nothing: neither a time nor an audit event', async () => {
    for (const [route, update] of Object.entries(updates())) {
      const sent = await bodies(update);
      const before = await snapshot();
      app.clock.advance(30);
      for (const body of sent) {
        const call = app.call(update.method, update.url, { body, token: place.owner.accessToken });
        expect([route, (await call).status]).toEqual([route, 200]);
      }
      expect([route, await snapshot()]).toEqual([route, before]);
    }
  });

  it('leaves the time of the last change alone; a change moves it', async () => {
    const call = { token: place.owner.accessToken };
    const before = (await app.get('/api/auth/me', call)).body.updated_at as string;
    app.clock.advance(60);
    expect((await expectStatus(200, app.patch('/api/auth/me', {}, call))).body.updated_at).toBe(before);
    const changed = await expectStatus(200, app.patch('/api/auth/me', { nickname: 'Ada' }, call));
    expect(changed.body.updated_at).not.toBe(before);
  });
});
