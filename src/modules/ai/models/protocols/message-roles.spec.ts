import fc from 'fast-check';
import type { ModelMessage } from '../language-model.js';
import { splitSystemAndTurns } from './message-roles.js';

const PLACEHOLDER = { role: 'user', content: '(The conversation begins.)' };
const system = (content: string): ModelMessage => ({ role: 'system', content });
const user = (content: string): ModelMessage => ({ role: 'user', content });
const assistant = (content: string): ModelMessage => ({ role: 'assistant', content });

describe('splitSystemAndTurns', () => {
  it('joins system messages and consecutive turns of one role with an empty line', () => {
    const messages = [system('A'), user('1'), user('2'), system('B'), user('3'), assistant('4')];
    expect(splitSystemAndTurns(messages)).toEqual({
      system: 'A\n\nB',
      turns: [user('1\n\n2\n\n3'), assistant('4')],
    });
  });

  it('skips messages without visible text', () => {
    const messages = [system(' '), user('1'), assistant('\n\t'), user('2'), user('')];
    expect(splitSystemAndTurns(messages)).toEqual({ system: '', turns: [user('1\n\n2')] });
  });

  it('keeps the white space of messages with text', () => {
    expect(splitSystemAndTurns([user('  code\n')]).turns).toEqual([user('  code\n')]);
  });

  it.each([
    [
      'an assistant turn',
      [assistant('Hi.'), user('Hello.')],
      [PLACEHOLDER, assistant('Hi.'), user('Hello.')],
    ],
    ['a system message only', [system('A')], [PLACEHOLDER]],
    ['no message', [], [PLACEHOLDER]],
  ])('inserts a user turn before %s', (_what, messages, turns) => {
    expect(splitSystemAndTurns(messages).turns).toEqual(turns);
  });

  it('does not change its input', () => {
    const messages = [user('1'), user('2')];
    splitSystemAndTurns(messages);
    expect(messages).toEqual([user('1'), user('2')]);
  });

  it('returns alternating turns that begin with the user and contain every text in order, for any messages', () => {
    const role = fc.constantFrom('system' as const, 'user' as const, 'assistant' as const);
    const message = fc.record({ role, content: fc.constantFrom('', ' ', 'a', 'b\n\nc', '👋') });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
        const { turns } = splitSystemAndTurns(messages);
        turns.forEach(({ role: current, content }, index) => {
          expect(current).toBe(index % 2 === 0 ? 'user' : 'assistant');
          expect(content.trim()).not.toBe('');
        });
        const spoken = messages.filter(
          ({ role: given, content }) => given !== 'system' && content.trim() !== '',
        );
        const expected = spoken.map(({ content }) => content).join('\n\n');
        const joined = turns.map(({ content }) => content).join('\n\n');
        expect(joined.endsWith(expected)).toBe(true);
      }),
    );
  });
});
