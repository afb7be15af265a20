import { UnitOfWork } from '@/platform/persistence/index.js';
import { limitPageBytes } from '@/platform/persistence/keyset.js';
import { appendAnswer, givenConversation, givenNote } from '@test/support/ai/conversations.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, getNextUrl } from '@test/support/http/responses.js';
import { unzip } from '@test/support/http/zip.js';
import {
  givenOwnerWithId,
  givenUserWithId,
  inParallel,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** 400 kB of UTF-8. */
const LONG_TEXT = '🦓'.repeat(100_000);
/** 100 kB that are 600 kB of JSON. */
const ESCAPED_TEXT = '\u0001'.repeat(100_000);

interface PageSize {
  rows: number;
  bytes: number;
}

describe('a list of large rows', () => {
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  /** Requests all pages; returns the sizes of the pages and the values of `key` in the rows. */
  async function listPages(
    url: string,
    key: string,
    { accessToken: token } = ada,
  ): Promise<{ sizes: PageSize[]; keys: unknown[] }> {
    const sizes: PageSize[] = [];
    const keys: unknown[] = [];
    for (let next: string | undefined = url; next !== undefined;) {
      const response = await expectStatus(200, app.get(next, { token }));
      const rows = response.body as Record<string, unknown>[];
      sizes.push({ rows: rows.length, bytes: Buffer.byteLength(response.text) });
      keys.push(...rows.map((row) => row[key]));
      next = getNextUrl(response);
    }
    return { sizes, keys };
  }

  const givenNotes = async (count: number, content: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1) ids.unshift(await givenNote(app, ada, { content }));
    return ids;
  };

  it.each(['large', 'part'] as const)('of the size %s is not read beyond its page', async (size) => {
    const rows = `SELECT n, repeat('x', ${MAX_PAGE_BYTES / 8}) AS content FROM generate_series(1, 100) n ORDER BY n`;
    const page = limitPageBytes(rows, 'octet_length(p.content)', size, 'n');
    const read = await app.sql<{ n: number }>(page);
    expect(read.length).toBeLessThanOrEqual(10);
    expect(read.map(({ n }) => n)).toEqual(read.map((_, index) => index + 1));
  });

  it.each([
    ['long notes', 23, LONG_TEXT, [10, 10, 3]],
    ['notes of characters that JSON escapes', 14, ESCAPED_TEXT, [6, 6, 2]],
    ['small notes', 5, 'x', [5]],
  ])('ends a page of %s at 4 MB, and continues on the next page', async (_what, count, text, pages) => {
    const ids = await givenNotes(count, text);
    const { sizes, keys } = await listPages('/api/core/notes?limit=100', 'id');
    expect(keys).toEqual(ids);
    expect(sizes.map(({ rows }) => rows)).toEqual(pages);
    for (const { bytes } of sizes) expect(bytes).toBeLessThanOrEqual(MAX_PAGE_BYTES + 8192);
  });

  it('ends a page of messages, of notes of a conversation and of an exported file there too', async () => {
    const id = await givenConversation(app, ada);
    const contents = Array.from({ length: 12 }, (_, index) => `${index} ${'🦓'.repeat(100_000)}`);
    for (const content of contents) {
      await appendAnswer(app, id, { content });
      await givenNote(app, ada, { content: LONG_TEXT, conversation_id: id });
    }
    const messages = await listPages(`/api/core/conversations/${id}/messages?limit=100`, 'content');
    expect(messages.keys).toEqual(contents);
    expect(messages.sizes.map(({ rows }) => rows)).toEqual([10, 2]);
    const notes = await listPages(`/api/core/notes?conversation_id=${id}&limit=100`, 'id');
    expect(notes.sizes.map(({ rows }) => rows)).toEqual([10, 2]);
    const file = await expectStatus(
      200,
      app.get(`/api/core/conversations/${id}/export?format=json`, { token: ada.accessToken }),
    );
    expect(file.body.messages.map(({ content }: { content: string }) => content)).toEqual(contents);
  });

  it('is complete in the archive of an account', async () => {
    const ids = await givenNotes(24, LONG_TEXT);
    const { rawPayload } = await app.nest.inject({
      url: '/api/auth/me/export',
      headers: { authorization: `Bearer ${ada.accessToken}` },
    });
    const notes = JSON.parse(unzip(rawPayload)['notes.json']?.toString() ?? '') as { id: string }[];
    expect(notes.map((note) => note.id)).toEqual(ids);
  });

  it('is read by one request of a caller at a time', async () => {
    await givenNotes(12, LONG_TEXT);
    const unitOfWork = app.nest.get(UnitOfWork);
    const query = unitOfWork.query.bind(unitOfWork);
    let [reading, maxReading] = [0, 0];
    jest.spyOn(unitOfWork, 'query').mockImplementation(async (statement, values) => {
      if (statement.name !== 'notes.list.large') return query(statement, values);
      maxReading = Math.max(maxReading, (reading += 1));
      return query(statement, values).finally(() => (reading -= 1));
    });
    const responses = await inParallel(8, () =>
      app.get('/api/core/notes?limit=100', { token: ada.accessToken }),
    );
    jest.restoreAllMocks();
    expect(responses.map(({ status }) => status)).toEqual(Array<number>(8).fill(200));
    expect(maxReading).toBe(1);
  });

  it('ends a page of members with many teams at 4 MB', async () => {
    const owner = await givenOwnerWithId(app);
    await givenTeamsOfMembers(owner.organizationId, { members: 150, teams: 200 });
    const { sizes, keys } = await listPages(
      `/api/organizations/${owner.organizationId}/members`,
      'user_id',
      owner,
    );
    expect([keys.length, new Set(keys).size]).toEqual([151, 151]);
    expect(sizes.length).toBeGreaterThan(1);
    for (const { bytes } of sizes) expect(bytes).toBeLessThanOrEqual(MAX_PAGE_BYTES + 8192);
  });

  /** Inserts members who are in all teams. */
  async function givenTeamsOfMembers(
    organizationId: string,
    counts: { members: number; teams: number },
  ): Promise<void> {
    await app.sql(
      `INSERT INTO users (id, username, email, password_hash, created_at, updated_at)
       SELECT gen_random_uuid(), 'many-' || i, 'many-' || i || '@example.com', 'x', now(), now() FROM generate_series(1, $1::int) i`,
      [counts.members],
    );
    await app.sql(
      `INSERT INTO memberships (id, organization_id, user_id, role, self_joined, joined_at)
       SELECT gen_random_uuid(), $1, id, 'member', true, now() FROM users WHERE username LIKE 'many-%'`,
      [organizationId],
    );
    await app.sql(
      `INSERT INTO teams (id, organization_id, name, created_at, updated_at)
       SELECT gen_random_uuid(), $1, i || repeat('é', 70), now(), now() FROM generate_series(1, $2::int) i`,
      [organizationId, counts.teams],
    );
    await app.sql(
      `INSERT INTO team_members (organization_id, team_id, user_id, joined_at)
       SELECT $1, t.id, u.id, now() FROM teams t CROSS JOIN users u
       WHERE t.organization_id = $1 AND u.username LIKE 'many-%'`,
      [organizationId],
    );
  }
});
