import { AppError } from '@/platform/errors/index.js';
import type { ModelMessage } from '../models/language-model.js';
import type { ChatRequest } from './dto/chat.request.js';
import { assertSingleHistory, buildMessages, toPromptRequest } from './prompt.rules.js';

const HISTORY: (ModelMessage & { role: 'user' | 'assistant' })[] = [
  { role: 'user', content: 'A' },
  { role: 'assistant', content: 'B' },
];
const request = (fields: Partial<ChatRequest> = {}): ChatRequest => ({ message: 'C', ...fields });

describe('assertSingleHistory', () => {
  it.each([
    {},
    { conversation_id: 'id' },
    { conversation_id: 'id', conversation_history: null },
    { conversation_history: [] },
    { conversation_id: null, conversation_history: [] },
  ])('accepts %j', (fields) => {
    expect(() => assertSingleHistory(request(fields))).not.toThrow();
  });

  it.each([[[]], [HISTORY]])(
    'rejects a conversation together with the history %j',
    (conversation_history) => {
      let thrown: unknown;
      try {
        assertSingleHistory(request({ conversation_id: 'id', conversation_history }));
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(AppError);
      expect(thrown).toMatchObject({
        status: 400,
        detail: { fields: [{ path: 'conversation_history', rule: 'exclusive' }] },
      });
    },
  );
});

describe('buildMessages', () => {
  it('appends the message of the user to the history', () => {
    const history = structuredClone(HISTORY);
    expect(buildMessages(request(), history)).toEqual([...HISTORY, { role: 'user', content: 'C' }]);
    expect(history).toEqual(HISTORY);
  });

  it.each([
    ['de', 'Answer in German (language tag de).'],
    ['pt-BR', 'Answer in Brazilian Portuguese (language tag pt-BR).'],
    ['zh-Hant', 'Answer in Traditional Chinese (language tag zh-Hant).'],
    ['EN', 'Answer in English (language tag en).'],
    ['en_US', 'Answer in American English (language tag en-US).'],
    ['pt_br.UTF-8', 'Answer in Brazilian Portuguese (language tag pt-BR).'],
  ])('puts the instruction for %s first', (user_language, instruction) => {
    expect(buildMessages(request({ user_language }), HISTORY)[0]).toEqual({
      role: 'system',
      content: instruction,
    });
  });

  it('leaves out empty turns', () => {
    const history = [...HISTORY, { role: 'assistant' as const, content: '' }];
    expect(buildMessages(request(), history)).toEqual([...HISTORY, { role: 'user', content: 'C' }]);
  });

  it.each([undefined, null, '', 'qqq-xx', 'en-a', 'e', 'not a language', '!'])(
    'has no instruction for the language %p',
    (user_language) => {
      const fields = user_language === undefined ? {} : { user_language };
      expect(buildMessages(request(fields), [])).toEqual([{ role: 'user', content: 'C' }]);
    },
  );
});

describe('toPromptRequest', () => {
  it('has the rights of the owner, and no other field of it', () => {
    const owner = { userId: 'u', organizationId: null, keyId: 'k', hasSecondFactor: true, email: 'a@b.test' };
    const remainingTokens = (): number => 5;
    expect(toPromptRequest(owner, HISTORY, { conversationId: 'c', remainingTokens })).toEqual({
      messages: HISTORY,
      remainingTokens,
      requester: {
        userId: 'u',
        organizationId: null,
        keyId: 'k',
        hasSecondFactor: true,
        conversationId: 'c',
      },
    });
  });
});
