import type { HiddenRowExplainer, Owner } from '@/modules/organizations/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TestClock } from '@test/support/app/test-clock.js';
import type { Conversation } from '../persistence/conversation.entity.js';
import type { Message } from './persistence/message.entity.js';
import type { TurnRepository } from './persistence/turn.repository.js';
import { type AnswerInput, TurnWriter } from './turn-writer.js';

const OWNER: Owner = { userId: 'ada', organizationId: null, keyId: null, hasSecondFactor: false };
const CONVERSATION = {
  id: 'conversation',
  provider: 'auto',
  organization_id: 'acme' as OrganizationId,
} as Conversation;
const ANSWER: AnswerInput = {
  id: 'answer',
  content: 'It converts light into sugar.',
  provider: 'openai',
  model: 'gpt-5-mini',
  finishReason: 'stop',
  usage: { input_tokens: 5, output_tokens: 4, total_tokens: 9 },
  sources: [],
};

type Turn = Pick<Message, 'id' | 'role' | 'content' | 'finish_reason'>;

const turn = (id: string, role: Turn['role'], content: string): Turn => ({
  id,
  role,
  content,
  finish_reason: null,
});

interface Stored {
  conversation?: Conversation;
  /** Newest first, like the repository. */
  latest?: Turn[];
  titled?: boolean;
  firstUserMessage?: string;
}

/** A writer over these rows, with what it appends and the titles it sets. */
function givenWriter({ conversation = CONVERSATION, latest = [], titled, firstUserMessage = '' }: Stored) {
  const appended: Partial<Message>[] = [];
  const titles: string[] = [];
  const limits: number[] = [];
  const turns: Pick<
    TurnRepository,
    'lockConversation' | 'findLatest' | 'append' | 'findFirstUserMessage' | 'setTitleIfUntitled'
  > = {
    lockConversation: (_owner, id) => Promise.resolve(id === conversation.id ? conversation : undefined),
    findLatest: (_id, maxMessages, maxCharacters) => {
      limits.push(maxMessages, maxCharacters);
      return Promise.resolve(latest.slice(0, maxMessages));
    },
    append: (message) => {
      appended.push(message);
      return Promise.resolve(titled === undefined ? undefined : { titled });
    },
    findFirstUserMessage: () => Promise.resolve(firstUserMessage),
    setTitleIfUntitled: (_id, title) => {
      titles.push(title);
      return Promise.resolve(true);
    },
  };
  const explainer: Pick<HiddenRowExplainer, 'explainMissingRow'> = {
    explainMissingRow: (_table, _id, _owner, notFoundError) => Promise.resolve(notFoundError()),
  };
  const clock = new TestClock();
  clock.freeze();
  const writer = new TurnWriter(turns as TurnRepository, explainer as HiddenRowExplainer, clock);
  return { writer, appended, titles, limits, now: clock.now() };
}

describe('appending a user message', () => {
  it('stores it, and returns the history before it, oldest first', async () => {
    const latest = [turn('2', 'assistant', 'Hi.'), turn('1', 'user', 'Hello')];
    const { writer, appended, limits, now } = givenWriter({ latest, titled: false });
    const context = await writer.appendUserMessage(OWNER, 'conversation', 'Next');
    expect(context).toEqual({
      userMessageId: expect.any(String),
      provider: 'auto',
      ownerOrganizationId: 'acme',
      history: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hi.' },
      ],
    });
    expect(appended).toEqual([
      {
        id: context.userMessageId,
        conversation_id: 'conversation',
        role: 'user',
        content: 'Next',
        provider: null,
        model: null,
        finish_reason: null,
        usage: null,
        sources: [],
        created_at: now,
      },
    ]);
    expect(limits).toEqual([201, 240_000]);
  });

  it('reuses the last message when it has the same content and no answer', async () => {
    const latest = [turn('3', 'user', 'Again?'), turn('2', 'assistant', 'Hi.'), turn('1', 'user', 'Hello')];
    const { writer, appended } = givenWriter({ latest });
    const context = await writer.appendUserMessage(OWNER, 'conversation', 'Again?');
    expect(context).toMatchObject({
      userMessageId: '3',
      history: [{ content: 'Hello' }, { content: 'Hi.' }],
    });
    expect(appended).toEqual([]);
  });

  it.each([
    ['the last message has other content', [turn('1', 'user', 'Again')]],
    ['the last message is an answer with the same content', [turn('1', 'assistant', 'Again?')]],
    ['an earlier message has the same content', [turn('2', 'assistant', 'x'), turn('1', 'user', 'Again?')]],
  ])('stores it when %s', async (_name, latest) => {
    const { writer, appended } = givenWriter({ latest, titled: true });
    const { history } = await writer.appendUserMessage(OWNER, 'conversation', 'Again?');
    expect(appended).toHaveLength(1);
    expect(history).toHaveLength(latest.length);
  });

  it('returns at most 200 messages of history, with a new message and with a reused one', async () => {
    const latest = Array.from({ length: 300 }, (_, index) => turn(`${index}`, 'user', `m${index}`));
    const { writer } = givenWriter({ latest, titled: true });
    const fresh = await writer.appendUserMessage(OWNER, 'conversation', 'new');
    expect([fresh.history.length, fresh.history[0]?.content, fresh.history.at(-1)?.content]).toEqual([
      200,
      'm199',
      'm0',
    ]);
    const reused = await writer.appendUserMessage(OWNER, 'conversation', 'm0');
    expect([reused.history.length, reused.history[0]?.content, reused.history.at(-1)?.content]).toEqual([
      200,
      'm200',
      'm1',
    ]);
  });

  it('throws conversation_not_found and stores nothing for an unknown conversation', async () => {
    const { writer, appended } = givenWriter({});
    const appending = writer.appendUserMessage(OWNER, 'other', 'x');
    await expect(appending).rejects.toMatchObject({ code: 'conversation_not_found' });
    expect(appended).toEqual([]);
  });
});

describe('appending an answer', () => {
  it('stores it without characters that the database cannot store', async () => {
    const { writer, appended, now } = givenWriter({ titled: true });
    expect(await writer.appendAnswer('conversation', { ...ANSWER, content: 'a\u0000b\ud800' })).toBe(true);
    expect(appended).toEqual([
      {
        id: 'answer',
        conversation_id: 'conversation',
        role: 'assistant',
        content: 'ab\ufffd',
        provider: 'openai',
        model: 'gpt-5-mini',
        finish_reason: 'stop',
        usage: ANSWER.usage,
        sources: [],
        created_at: now,
      },
    ]);
  });

  it('returns false for a deleted conversation, and sets no title', async () => {
    const { writer, titles } = givenWriter({ firstUserMessage: 'What is photosynthesis?' });
    expect(await writer.appendAnswer('conversation', ANSWER)).toBe(false);
    expect(titles).toEqual([]);
  });

  it.each([
    ['keeps the title of a conversation that has one', true, 'What is photosynthesis?', ANSWER.content, []],
    [
      'derives the title from the first user message',
      false,
      'What is photosynthesis?',
      ANSWER.content,
      ['What is photosynthesis?'],
    ],
    [
      'derives the title from the answer when the message says too little',
      false,
      'hi',
      'How can I help you?',
      ['How can I help you?'],
    ],
    ['sets no title when neither has a word', false, '?', '!', []],
    ['sets no title when the answer is empty', false, '', '', []],
  ])('%s', async (_name, titled, firstUserMessage, content, expected) => {
    const { writer, titles } = givenWriter({ titled, firstUserMessage });
    expect(await writer.appendAnswer('conversation', { ...ANSWER, content })).toBe(true);
    expect(titles).toEqual(expected);
  });
});
