import {
  forReader,
  readerParameters,
  scopeToReader,
} from '@/modules/knowledge/access/persistence/readable-partitions.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import { DocumentFixture } from '@test/support/knowledge/given-documents.js';
import {
  givenOrganization,
  type OrganizationFixture,
} from '@test/support/organizations/given-organizations.js';

const CALLERS = ['owner', 'admin', 'team_manager', 'member', 'outsider'] as const;

const READABLE = scopeToReader(
  'test.readable_documents',
  (readable) => `WITH readable AS (${readable})
    SELECT d.id FROM knowledge_documents d JOIN readable r ON r.id = d.partition_id`,
  'own',
);

jest.setTimeout(90_000);

describe('the documents that a reader may read', () => {
  let app: TestApp;
  /** The second one asks for a second factor. */
  let organizations: OrganizationFixture[];

  beforeAll(async () => {
    app = await TestApp.start();
    organizations = [await givenOrganization(app), await givenOrganization(app)];
    for (const organization of organizations) await givenDocuments(organization);
    const strict = organizations[1]?.organizationId;
    await app.sql('UPDATE organizations SET enforce_2fa = true WHERE id = $1', [strict]);
  });
  afterAll(() => app.stop());

  it('are the same for queries and for the function that hides sources', async () => {
    let readable = 0;
    for (const { id } of organizations.flatMap((organization) => CALLERS.map((role) => organization[role])))
      for (const rights of [true, false, ...organizations.map(({ organizationId }) => organizationId)]) {
        const reader = {
          userId: id,
          organizationId: typeof rights === 'string' ? (rights as OrganizationId) : null,
          hasSecondFactor: rights === true,
        };
        const byQuery = await app.sql<{ id: string }>(
          forReader(READABLE, reader).text,
          readerParameters(reader, null),
        );
        const byFunction = await app.sql<{ id: string }>(
          'SELECT id FROM knowledge_documents WHERE knowledge_document_is_readable(id, $1::uuid, $2::text)',
          [id, String(rights)],
        );
        expect(toIds(byFunction)).toEqual(toIds(byQuery));
        readable += byQuery.length;
      }
    expect(readable).toBeGreaterThan(30);
  });

  /** Documents of every visibility, made by a session and by a key. */
  async function givenDocuments({
    organizationId,
    owner,
    team_manager,
    member,
  }: OrganizationFixture): Promise<void> {
    const token = owner.accessToken;
    const teams = `/api/organizations/${organizationId}/teams`;
    const { id: teamId } = (await expectStatus(201, app.post(teams, { name: 'Team' }, { token }))).body;
    await expectStatus(200, app.call('PUT', `${teams}/${teamId}/members/${team_manager.id}`, { token }));
    const conversations = '/api/core/conversations';
    const talk = await expectStatus(201, app.post(conversations, {}, { token: member.accessToken }));
    const conversation = {
      visibility: 'conversation',
      ownerId: member.id,
      conversationId: talk.body.id,
    } as const;
    const fixture = new DocumentFixture(app);
    for (const partition of [
      { ownerId: owner.id },
      { ownerId: member.id },
      { ownerId: member.id, organizationId },
      conversation,
      { visibility: 'team', organizationId, teamId } as const,
      { visibility: 'organization', organizationId } as const,
    ])
      await fixture.document({ partitionId: await fixture.partition(partition), chunks: ['otter'] });
    const other = await expectStatus(201, app.post(teams, { name: 'Other' }, { token }));
    const orphaned = await fixture.partition({ visibility: 'team', organizationId, teamId: other.body.id });
    await fixture.document({ partitionId: orphaned, chunks: ['otter'] });
    await expectStatus(204, app.delete(`${teams}/${other.body.id}`, { token }));
  }
});

function toIds(rows: readonly { id: string }[]): string[] {
  return rows.map(({ id }) => id).sort();
}
