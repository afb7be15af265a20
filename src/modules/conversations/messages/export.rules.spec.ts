import fc from 'fast-check';
import type { Conversation } from '../persistence/conversation.entity.js';
import { exportFileName, markdownHeader, markdownMessage } from './export.rules.js';
import type { Message } from './persistence/message.entity.js';

const CREATED = new Date('2026-05-01T10:00:00.123Z');
const CONVERSATION: Conversation = {
  id: 'conversation',
  owner_id: 'ada',
  organization_id: null,
  title: 'Plan',
  titled: true,
  provider: null,
  metadata: {},
  message_count: 2,
  created_at: CREATED,
  updated_at: CREATED,
};
const MESSAGE: Message = {
  id: 'message',
  conversation_id: 'conversation',
  seq: 1,
  role: 'user',
  content: 'Hello',
  provider: null,
  model: null,
  finish_reason: null,
  usage: null,
  sources: [],
  created_at: CREATED,
};
const QUESTION_HEADING = '## You, 2026-05-01T10:00:00.123Z';

/** Returns the lines of the block quote of a message with this content, without the quotation marks. */
function quotedLines(content: string): string[] {
  const lines = markdownMessage({ ...MESSAGE, content }).split('\n');
  expect(lines.slice(0, 3)).toEqual(['', QUESTION_HEADING, '']);
  expect(lines.at(-1)).toBe('');
  return lines.slice(3, -1).map((line) => {
    expect(line).toMatch(/^>( |$)/);
    return line.slice(2);
  });
}

describe('the name of an exported file', () => {
  it.each([
    ['Learning plan', 'learning-plan'],
    ['  Budget (2026): 1st draft!  ', 'budget-2026-1st-draft'],
    ['Crème brûlée', 'creme-brulee'],
    ['ﬁne ①②', 'fine-12'],
    ['../../etc/passwd', 'etc-passwd'],
    ['C:\\Windows\\system.ini', 'c-windows-system-ini'],
    ['a"; filename="evil.exe', 'a-filename-evil-exe'],
    ['line\r\nSet-Cookie: a=b', 'lineset-cookie-a-b'],
    ['nul\u0000byte', 'nulbyte'],
    ['日本語', 'conversation'],
    ['🦉🦉', 'conversation'],
    ['---', 'conversation'],
    ['', 'conversation'],
    ['x'.repeat(200), 'x'.repeat(60)],
    [`${'x'.repeat(59)} y`, 'x'.repeat(59)],
  ])('for the title %j is %s', (title, name) => {
    expect(exportFileName(title, 'markdown')).toBe(`${name}.md`);
    expect(exportFileName(title, 'json')).toBe(`${name}.json`);
  });

  it('needs no quoting, whatever the title', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (title) => {
        expect(exportFileName(title, 'markdown')).toMatch(/^(?=.{1,60}\.md$)[a-z0-9]+(-[a-z0-9]+)*\.md$/);
      }),
    );
  });
});

describe('the head of a Markdown export', () => {
  it('has the title, the day of the start and the number of messages', () => {
    expect(markdownHeader(CONVERSATION)).toBe('# Plan\n\nStarted on 2026-05-01, 2 messages.\n');
  });

  it('escapes the Markdown in a title, and keeps it on one line', () => {
    const title = '*a* _b_ `c` [d](e) <f>\n# g';
    expect(markdownHeader({ ...CONVERSATION, title }).split('\n')[0]).toBe(
      '# \\*a\\* \\_b\\_ \\`c\\` \\[d\\]\\(e\\) \\<f\\> \\# g',
    );
  });

  it('has three lines of text, whatever the title', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (title) => {
        expect(markdownHeader({ ...CONVERSATION, title }).split(/\r\n|\r|\n/)).toHaveLength(4);
      }),
    );
  });
});

describe('a message in a Markdown export', () => {
  it('has a heading with the role and the time, and its content as a quotation', () => {
    expect(markdownMessage(MESSAGE)).toBe(`\n${QUESTION_HEADING}\n\n> Hello\n`);
  });

  it('names the model of an answer, escaped', () => {
    const answer: Message = { ...MESSAGE, role: 'assistant', model: 'gpt-5_mini', finish_reason: 'stop' };
    expect(markdownMessage(answer)).toContain('\n## Assistant (gpt\\-5\\_mini), 2026-05-01');
    expect(markdownMessage({ ...MESSAGE, role: 'system' })).toContain('\n## System, 2026-05-01');
  });

  it.each([
    ['stop', false],
    ['length', true],
    ['content_filter', true],
    ['stopped', true],
    ['error', true],
    [null, false],
  ] as const)('with the finish reason %s is marked as incomplete: %s', (finish_reason, incomplete) => {
    const text = markdownMessage({ ...MESSAGE, role: 'assistant', finish_reason });
    expect(text.includes('\n*This answer is incomplete.*\n')).toBe(incomplete);
  });

  it.each([
    ['', ['']],
    ['a\nb', ['a', 'b']],
    ['a\r\nb\rc', ['a', 'b', 'c']],
    ['a\n\nb\n', ['a', '', 'b', '']],
    [`hi\n\n${QUESTION_HEADING}`, ['hi', '', QUESTION_HEADING]],
  ])('quotes every line of %j', (content, lines) => {
    expect(quotedLines(content)).toEqual(lines);
  });

  it.each([
    ['a tag', '<h2>You</h2>', '&lt;h2>You&lt;/h2>'],
    ['a comment', '<!-- x', '&lt;!-- x'],
    ['a processing instruction', '<?php', '&lt;?php'],
    ['an autolink', '<https://a.example>', '&lt;https://a.example>'],
  ])('escapes %s outside code', (_name, content, line) => {
    expect(quotedLines(content)).toEqual([line]);
  });

  it.each(['a < b', '1<2', '<', '<<', '<é>', 'x <- y'])('keeps %j, which begins no tag', (content) => {
    expect(quotedLines(content)).toEqual([content]);
  });

  it.each([
    ['a block of backticks', '```\n<b>\n```\n<b>', ['```', '<b>', '```', '&lt;b>']],
    ['a block of tildes', '~~~ html `\n<b>\n~~~\n<b>', ['~~~ html `', '<b>', '~~~', '&lt;b>']],
    ['a longer fence', '````\n```\n<b>\n````\n<b>', ['````', '```', '<b>', '````', '&lt;b>']],
    ['a longer closing fence', '```\n<b>\n`````\n<b>', ['```', '<b>', '`````', '&lt;b>']],
    ['another fence inside', '```\n~~~\n<b>', ['```', '~~~', '<b>']],
    ['a closing fence with text', '```\n``` x\n<b>', ['```', '``` x', '<b>']],
    ['a closing fence with three spaces', '```\n   ```\n<b>', ['```', '   ```', '&lt;b>']],
    ['a closing fence with four spaces', '```\n    ```\n<b>', ['```', '    ```', '<b>']],
    ['a block without an end', '```\n<b>\n\n<b>', ['```', '<b>', '', '<b>']],
  ])('keeps HTML inside code: %s', (_name, content, lines) => {
    expect(quotedLines(content)).toEqual(lines);
  });

  it.each([
    ['two backticks', '``\n<b>', ['``', '&lt;b>']],
    ['a backtick in the info string', '``` a `b\n<b>', ['``` a `b', '&lt;b>']],
    ['an indented fence', '  ```\n<b>', ['  ```', '&lt;b>']],
    ['a fence in a list', '- ```\n<b>', ['- ```', '&lt;b>']],
    ['a tag in the info string', '```<b>\n', ['```<b>', '']],
  ])('does not take other lines for code: %s', (_name, content, lines) => {
    expect(quotedLines(content)).toEqual(lines);
  });

  it('cannot forge another message, whatever its content', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('\n', '\r', '\r\n', '```', '~~~', '<h2>', `## You`, '> ', '    ', '`'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const content = pieces.join('');
        const lines = quotedLines(content);
        expect(lines).toHaveLength(content.split(/\r\n|\n|\r/).length);
        if (!/```|~~~/.test(content)) expect(lines.join('\n')).not.toMatch(/<[A-Za-z/!?]/);
      }),
    );
  });
});
