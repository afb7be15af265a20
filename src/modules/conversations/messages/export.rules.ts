import type { Conversation } from '../persistence/conversation.entity.js';
import { isComplete, type MessageRole } from './message.rules.js';
import type { Message } from './persistence/message.entity.js';

export const EXPORT_FORMATS = ['markdown', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const ROLE_LABELS: Record<MessageRole, string> = { user: 'You', assistant: 'Assistant', system: 'System' };

/** Returns a file name of a-z, 0-9 and dashes, which needs no quoting in an HTTP header. */
export function exportFileName(title: string, format: ExportFormat): string {
  const ascii = title.normalize('NFKD').replace(/[^\x20-\x7e]/g, '');
  const slug = ascii
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return `${slug || 'conversation'}.${format === 'markdown' ? 'md' : 'json'}`;
}

/** Returns the title and a line with the start date and the number of messages. */
export function markdownHeader({ title, created_at, message_count }: Conversation): string {
  const day = created_at.toISOString().slice(0, 10);
  return `# ${escapeMarkdown(title)}\n\nStarted on ${day}, ${message_count} messages.\n`;
}

/**
 * Returns one message as Markdown: a heading with role, model and time, then the content as a block quote. Content
 * cannot forge a message heading: every line of it is quoted, and HTML outside code blocks is escaped.
 */
export function markdownMessage(message: Message): string {
  const { role, content, model, finish_reason, created_at } = message;
  const modelSuffix = model === null ? '' : ` (${escapeMarkdown(model)})`;
  const incompleteNotice = isComplete(finish_reason) ? '' : '\n*This answer is incomplete.*\n';
  const heading = `## ${ROLE_LABELS[role]}${modelSuffix}, ${created_at.toISOString()}`;
  return `\n${heading}\n\n${toBlockquote(content)}\n${incompleteNotice}`;
}

function toBlockquote(content: string): string {
  let fence = '';
  const lines = content.split(/\r\n|\n|\r/).map((line) => {
    const insideCode = fence !== '';
    fence = nextFence(line, fence);
    const escapedLine = insideCode || fence !== '' ? line : line.replace(/<(?=[A-Za-z/!?])/g, '&lt;');
    return escapedLine === '' ? '>' : `> ${escapedLine}`;
  });
  return lines.join('\n');
}

/**
 * Returns the fence of the code block that the next line belongs to (CommonMark 4.5), or an empty string outside code.
 * Only a fence at the beginning of a line opens a block: an indented one could belong to a list item and end with it.
 */
function nextFence(line: string, fence: string): string {
  if (fence === '') return /^(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1] ?? '';
  const closing = /^ {0,3}(`+|~+)[ \t]*$/.exec(line)?.[1] ?? '';
  return closing[0] === fence[0] && closing.length >= fence.length ? '' : fence;
}

/** Returns the text on one line, with all Markdown punctuation escaped. */
function escapeMarkdown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>()#+!|~&-]/g, '\\$&');
}
