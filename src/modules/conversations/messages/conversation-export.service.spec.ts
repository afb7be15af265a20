import { text } from 'node:stream/consumers';
import type { SessionActor } from '@/platform/access/index.js';
import type { ConversationFinder } from '../conversation-finder.js';
import type { Conversation } from '../persistence/conversation.entity.js';
import { ConversationExportService } from './conversation-export.service.js';
import type { Message } from './persistence/message.entity.js';
import type { MessageRepository } from './persistence/message.repository.js';

const CREATED = new Date('2026-05-01T10:00:00.000Z');
const ADA: SessionActor = {
  via: 'session',
  userId: 'ada',
  sessionId: 'login',
  secondFactor: false,
  passwordAt: CREATED,
  secondFactorAt: null,
};

const message = (seq: number): Message => ({
  id: `id ${seq}`,
  conversation_id: 'conversation',
  seq,
  role: 'user',
  content: `content ${seq}`,
  provider: null,
  model: null,
  finish_reason: null,
  usage: null,
  sources: [],
  created_at: CREATED,
});

/** A service over a conversation that says it has `count` messages, of which `stored` can be read. */
function givenConversation(count: number, stored = count) {
  const pages: [after: number | null, take: number][] = [];
  const messages: Pick<MessageRepository, 'listPart'> = {
    listPart: (_owner, _id, { after, take }) => {
      pages.push([after, take]);
      const first = after ?? 0;
      const length = Math.max(0, Math.min(take, stored - first));
      return Promise.resolve(Array.from({ length }, (_, index) => message(first + index + 1)));
    },
  };
  const conversation: Conversation = {
    id: 'conversation',
    owner_id: 'ada',
    organization_id: null,
    title: 'My "plan"',
    titled: true,
    provider: null,
    metadata: { course: 'B1' },
    message_count: count,
    created_at: CREATED,
    updated_at: CREATED,
  };
  const finder: Pick<ConversationFinder, 'find'> = { find: () => Promise.resolve(conversation) };
  const service = new ConversationExportService(messages as MessageRepository, finder as ConversationFinder);
  return { service, pages };
}

async function exportText(count: number, format: 'json' | 'markdown', stored = count): Promise<string> {
  const file = await givenConversation(count, stored).service.createFile(ADA, 'conversation', format);
  return text(file.getStream());
}

describe('the export of a conversation', () => {
  it.each([
    ['json', 'application/json; charset=utf-8', 'attachment; filename="my-plan.json"'],
    ['markdown', 'text/markdown; charset=utf-8', 'attachment; filename="my-plan.md"'],
  ] as const)('as %s is a download', async (format, type, disposition) => {
    const file = await givenConversation(0).service.createFile(ADA, 'conversation', format);
    expect(file.getHeaders()).toMatchObject({ type, disposition });
    file.getStream().destroy();
  });

  it.each([0, 1, 99, 100, 101, 250])('as JSON has all of %d messages in their order', async (count) => {
    const { conversation, messages } = JSON.parse(await exportText(count, 'json')) as {
      conversation: object;
      messages: { content: string }[];
    };
    expect(conversation).toMatchObject({ id: 'conversation', metadata: { course: 'B1' } });
    expect(conversation).not.toHaveProperty('owner_id');
    expect(messages.map(({ content }) => content)).toEqual(
      Array.from({ length: count }, (_, index) => `content ${index + 1}`),
    );
  });

  it.each([0, 1, 250])('as Markdown has a heading for each of %d messages', async (count) => {
    const markdown = await exportText(count, 'markdown');
    expect(markdown).toMatch(/^# My "plan"\n\nStarted on 2026-05-01/);
    expect(markdown.match(/^## You, /gm) ?? []).toHaveLength(count);
  });

  it('reads 100 messages at a time, and none beyond the count at the start', async () => {
    const { service, pages } = givenConversation(250, 1000);
    const file = await service.createFile(ADA, 'conversation', 'json');
    const { messages } = JSON.parse(await text(file.getStream())) as { messages: unknown[] };
    expect(messages).toHaveLength(250);
    expect(pages).toEqual([
      [0, 100],
      [100, 100],
      [200, 50],
    ]);
  });

  it.each(['json', 'markdown'] as const)(
    'as %s fails when the conversation is deleted during the export',
    async (format) => {
      await expect(exportText(250, format, 100)).rejects.toMatchObject({ code: 'conversation_not_found' });
    },
  );
});
