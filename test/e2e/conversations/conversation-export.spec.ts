import {
  callAs,
  CONVERSATIONS_URL,
  givenExchange,
  appendAnswer,
  givenConversation,
  givenNote,
  apiKeyOwner,
  sessionOwner,
} from '@test/support/ai/conversations.js';
import { TestApp } from '@test/support/app/test-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { expectStatus } from '@test/support/http/responses.js';
import { unzip } from '@test/support/http/zip.js';
import {
  givenOwnerWithId,
  givenUserWithId,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

describe('the export of a conversation', () => {
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  const exportConversation = (id: string, query = '') =>
    expectStatus(200, callAs(app, ada, `GET ${CONVERSATIONS_URL}/${id}/export${query}`));

  it('is Markdown with a heading for each message', async () => {
    const id = await givenConversation(app, ada, { title: 'Plan *B* & <C>' });
    await givenExchange(app, sessionOwner(ada), id, ['Which *plan*?', 'This:\n\n```\nif (a < b) {}\n```\n']);
    await appendAnswer(app, id, { content: 'Half a', finishReason: 'stopped' });
    const { headers, text } = await exportConversation(id);
    expect(headers).toMatchObject({
      'content-type': 'text/markdown; charset=utf-8',
      'content-disposition': 'attachment; filename="plan-b-c.md"',
    });
    const lines = text.replace(/\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?/g, 'DATE').split('\n');
    expect(lines).toEqual([
      '# Plan \\*B\\* \\& \\<C\\>',
      '',
      'Started on DATE, 3 messages.',
      '',
      '## You, DATE',
      '',
      '> Which *plan*?',
      '',
      '## Assistant (gpt\\-5\\-mini), DATE',
      '',
      '> This:',
      '>',
      '> ```',
      '> if (a < b) {}',
      '> ```',
      '>',
      '',
      '## Assistant (gpt\\-5\\-mini), DATE',
      '',
      '> Half a',
      '',
      '*This answer is incomplete.*',
      '',
    ]);
  });

  it('has no heading that a message has forged', async () => {
    const forged = '## You, 2026-01-01T00:00:00.000Z';
    const attempts = [
      `hi\n\n${forged}\n\nI confess`,
      `hi\r${forged}`,
      `hi\r\n${forged}`,
      `\`\`\`\nopen\n\n${forged}`,
      `</blockquote><h2>You</h2>`,
      `\`\`\`\nx\n    \`\`\`\n\`\`\`\n<h2>You</h2>`,
      `~~~ \`\n<h2>\n~~~\n<h2>You</h2>`,
      `\`\`\` a \`b\n<h2>You</h2>`,
      `- a\n  \`\`\`\n<h2>You</h2>`,
      `<!--\n`,
      `    \`\`\`\n<h2>You</h2>`,
    ];
    const id = await givenConversation(app, ada, { title: 'x' });
    for (const attempt of attempts) await givenExchange(app, sessionOwner(ada), id, [attempt, attempt]);
    const { text } = await exportConversation(id);
    const lines = text.split(/\r\n|\r|\n/);
    expect(lines.filter((line) => line.startsWith('## '))).toHaveLength(attempts.length * 2);
    expect(lines.filter((line) => !/^($|> |>$|# x$|## (You|Assistant \()|Started on )/.test(line))).toEqual(
      [],
    );
    // The one tag left is inside of a real code block.
    expect(lines.filter((line) => /<(?=[A-Za-z/!?])/.test(line))).toEqual(['> <h2>', '> <h2>']);
  });

  it('is JSON with the same objects as the API', async () => {
    const id = await givenConversation(app, ada, { title: '日本語 🦉' });
    for (let count = 0; count < 130; count += 1) await appendAnswer(app, id, { content: `answer ${count}` });
    const { headers, body } = await exportConversation(id, '?format=json');
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="conversation.json"',
    });
    const { body: conversation } = await callAs(app, ada, `GET ${CONVERSATIONS_URL}/${id}`);
    const { body: messages } = await callAs(app, ada, `GET ${CONVERSATIONS_URL}/${id}/messages?limit=100`);
    expect(body.conversation).toEqual(conversation);
    expect(body.messages).toHaveLength(130);
    expect(body.messages.slice(0, 100)).toEqual(messages);
    expect((await callAs(app, ada, `GET ${CONVERSATIONS_URL}/${id}/export?format=pdf`)).status).toBe(400);
  });

  it('can be empty, and has a safe file name', async () => {
    const id = await givenConversation(app, ada, { title: '../../etc/passwd"; x=' });
    const { headers, text } = await exportConversation(id);
    expect(headers['content-disposition']).toBe('attachment; filename="etc-passwd-x.md"');
    expect(text).toMatch(/^# .*\n\nStarted on .*, 0 messages\.\n$/);
    expect((await exportConversation(id, '?format=json')).body.messages).toEqual([]);
  });
});

describe('the data export of a user', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  async function downloadArchive({
    accessToken,
  }: UserWithId): Promise<Record<string, Record<string, unknown>[]>> {
    const headers = { authorization: `Bearer ${accessToken}` };
    const { rawPayload } = await app.nest.inject({ url: '/api/auth/me/export', headers });
    const files = Object.entries(unzip(rawPayload));
    return Object.fromEntries(files.map(([name, bytes]) => [name, JSON.parse(bytes.toString())]));
  }

  it('has all conversations, messages and notes of the user, and none of other users', async () => {
    const ada = await givenOwnerWithId(app);
    const { organizationId } = ada;
    const key = await givenApiKey(app, { organizationId, by: ada, scopes: ['conversations:write'] });
    const ids = [await givenConversation(app, ada), await givenConversation(app, key, { title: 'By a key' })];
    await givenExchange(app, sessionOwner(ada), ids[0] ?? '', ['In person', 'A']);
    await givenExchange(app, apiKeyOwner(ada, organizationId), ids[1] ?? '', ['With a key', 'B']);
    await givenNote(app, ada, { content: 'A note' });
    const bob = await givenUserWithId(app);
    await givenNote(app, bob, { content: 'Not hers' });
    const files = await downloadArchive(ada);
    expect(files['conversations.json']?.map(({ id }) => id)).toEqual([...ids].reverse());
    expect(files['messages.json']?.map(({ content }) => content)).toEqual([
      'With a key',
      'B',
      'In person',
      'A',
    ]);
    expect(files['notes.json']?.map(({ content }) => content)).toEqual(['A note']);
    await app.sql('UPDATE organizations SET enforce_2fa = true WHERE id = $1', [organizationId]);
    expect((await downloadArchive(ada))['conversations.json']?.map(({ id }) => id)).toEqual([ids[0]]);
  });

  it('has thousands of messages', async () => {
    const ada = await givenUserWithId(app);
    const id = await givenConversation(app, ada);
    await app.sql(
      `INSERT INTO messages (id, conversation_id, seq, role, content, sources, created_at)
       SELECT gen_random_uuid(), $1, n, 'user', repeat('long ', 1000) || n, '[]', now() FROM generate_series(1, 3001) n`,
      [id],
    );
    const messages = (await downloadArchive(ada))['messages.json'] ?? [];
    expect(messages).toHaveLength(3001);
    expect(messages.at(-1)?.content).toMatch(/ 3001$/);
  });
});
