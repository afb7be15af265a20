import type { Scope } from '@/platform/access/scopes.js';
import type { TestResponse } from '@test/support/app/test-app.js';
import { callWithApiKey, givenApiKey } from '@test/support/auth/api-keys.js';
import { statusAndCode } from '@test/support/http/responses.js';
import { type Hit, SEARCH_URL, SearchFixture } from '@test/support/knowledge/search-fixture.js';
import {
  givenOrganization,
  type OrganizationFixture,
  UNKNOWN_ID,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

describe('the readers of a search', () => {
  let fixture: SearchFixture;
  let organization: OrganizationFixture;
  let shared: string;

  beforeAll(async () => {
    fixture = await SearchFixture.start();
  });
  afterAll(() => fixture.app.stop());
  beforeEach(async () => {
    await fixture.reset();
    const { app, documents } = fixture;
    organization = await givenOrganization(app);
    const { organizationId } = organization;
    shared = await documents.partition({ visibility: 'organization', organizationId });
  });

  it('finds shared documents of the own organizations, and nothing private of others', async () => {
    await fixture.add({ partitionId: shared, title: 'Shared', chunks: ['otter'] });
    await fixture.add({ title: 'Private', chunks: ['otter'] });
    const { member, outsider } = organization;
    expect((await fixture.find('otter', {}, member)).map(({ title }) => title)).toEqual(['Shared']);
    expect(await fixture.find('otter', {}, outsider)).toEqual([]);
    expect((await fixture.find('otter')).map(({ title }) => title)).toEqual(['Private']);
    expect(await fixture.find('otter', { scope: 'private' }, member)).toEqual([]);
  });

  it('answers the same whatever documents exist that the caller may not read', async () => {
    const { member, owner } = organization;
    await fixture.add({ partitionId: shared, title: 'Shared', chunks: ['otter river', 'otter lake', 'yak'] });
    const own = await fixture.documents.partition({ ownerId: member.id });
    await fixture.add({ partitionId: own, title: 'Own', chunks: ['otter', 'lake lake'] });
    const queries = ['otter', 'otter lake', 'yak', 'ottre', '"otter river"', 'heron', 'hern', 'otter heron'];
    const answers = (): Promise<unknown[]> =>
      Promise.all(queries.map(async (query) => (await fixture.search({ query }, member)).body));
    const before = await answers();
    await fixture.add({
      title: 'Secret',
      language: 'de',
      chunks: ['otter heron lake', 'otter otter', 'heron'],
    });
    const ofOwner = await fixture.documents.partition({ ownerId: owner.id });
    await fixture.add({ partitionId: ofOwner, title: 'Secret', chunks: ['otter yak heron', 'river'] });
    const conversationId = await givenConversation(member);
    const inConversation = await fixture.documents.partition({
      visibility: 'conversation',
      ownerId: member.id,
      conversationId,
    });
    await fixture.add({ partitionId: inConversation, title: 'Attached', chunks: ['otter heron'] });
    expect(await answers()).toEqual(before);
  });

  it('finds documents of a conversation only in searches for this conversation', async () => {
    const conversation_id = await givenConversation(fixture.ada);
    const attached = await fixture.documents.partition({
      visibility: 'conversation',
      ownerId: fixture.ada.id,
      conversationId: conversation_id,
    });
    await fixture.add({ partitionId: attached, title: 'Attached', chunks: ['otter'] });
    expect(await fixture.find('otter')).toEqual([]);
    const [hit] = await fixture.find('otter', { conversation_id });
    expect(hit).toMatchObject({ title: 'Attached', visibility: 'conversation' });
    expect(await fixture.find('otter', { conversation_id, scope: 'shared' })).toEqual([]);
    const foreign = await fixture.search({ query: 'otter', conversation_id }, organization.member);
    expect(statusAndCode(foreign)).toEqual([404, 'conversation_not_found']);
    const unknown = await fixture.search({ query: 'otter', conversation_id: UNKNOWN_ID });
    expect(statusAndCode(unknown)).toEqual([404, 'conversation_not_found']);
  });

  it('are API keys with the scopes for what is read', async () => {
    const { owner, organizationId } = organization;
    await fixture.add({ partitionId: shared, title: 'Shared', chunks: ['otter'] });
    const own = await fixture.documents.partition({ ownerId: owner.id });
    await fixture.add({ partitionId: own, title: 'Own', chunks: ['otter'] });
    const call = async (scopes: Scope[], more: object = {}): Promise<TestResponse> => {
      const key = await givenApiKey(fixture.app, { organizationId, by: owner, scopes });
      return callWithApiKey(fixture.app, key, `POST ${SEARCH_URL}`, { query: 'otter', ...more });
    };
    const { body } = await call(['rag:read']);
    expect(body.results.map(({ title }: Hit) => title)).toEqual(['Shared']);
    const conversation_id = UNKNOWN_ID;
    expect((await call(['conversations:read'])).body).toMatchObject({ code: 'insufficient_api_key_scope' });
    const refused = (await call(['rag:read'], { conversation_id })).body;
    expect(refused).toMatchObject({
      code: 'insufficient_api_key_scope',
      detail: { required_scope: 'conversations:read' },
    });
    const unknown = await call(['rag:read', 'conversations:read'], { conversation_id });
    expect(statusAndCode(unknown)).toEqual([404, 'conversation_not_found']);
  });

  async function givenConversation({ accessToken: token }: UserWithId): Promise<string> {
    const { body } = await fixture.app.post('/api/core/conversations', { title: 'Otters' }, { token });
    return body.id as string;
  }
});
