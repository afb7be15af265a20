import type { Conversation } from '../persistence/conversation.entity.js';
import { isComplete, type MessageRole } from './message.rules.js';
import type { Message } from './persistence/message.entity.js';

export const EXPORT_FORMATS = ['markdown', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const ROLE_LABELS: Record<MessageRole, string> = { user: 'You', assistant: 'Assistant', system: 'System' };

/** A name for the file that every system and every header can carry. */
export function exportFileName(title: string, format: ExportFormat): string {
  const ascii = title.normalize('NFKD').replace(/[^\x20-\x7e]/g, '');
  const slug = ascii
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return `${slug || 'conversation'}.${format === 'markdown' ? 'md' : 'json'}`;
}

export function markdownHeader({ title, created_at, message_count }: Conversation): string {
  const day = created_at.toISOString().slice(0, 10);
  return `# ${escapeMarkdown(title)}\n\nStarted on ${day}, ${message_count} messages.\n`;
}

/**
 * A turn: who, when, and what was said as a quotation. Nothing said can leave its quotation, so nobody can put a
 * turn into somebody's mouth: each line carries the mark, and HTML outside of code is text.
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
 * The fence of the code block that the next line is in, as CommonMark has it; empty outside. Only fences at the
 * beginning of a line count: others could belong to a list, and end with it.
 */
function nextFence(line: string, fence: string): string {
  if (fence === '') return /^(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1] ?? '';
  const closing = /^ {0,3}(`+|~+)[ \t]*$/.exec(line)?.[1] ?? '';
  return closing[0] === fence[0] && closing.length >= fence.length ? '' : fence;
}

/** Text on one line, without meaning to Markdown. */
function escapeMarkdown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>()#+!|~&-]/g, '\\$&');
}
