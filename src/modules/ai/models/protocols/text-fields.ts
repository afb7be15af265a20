import type { AnswerBuilder } from '../answer-builder.js';
import { readField, toText } from '../json-fields.js';

/** The fields in which compatible servers send thinking: vLLM and DeepSeek, OpenRouter, LM Studio. */
const REASONING_FIELDS = [
  'reasoning_content',
  'reasoning',
  'reasoning_text',
  'reasoning_details',
  'thinking',
];

const REASONING_PARTS: ReadonlySet<unknown> = new Set([
  'thinking',
  'redacted_thinking',
  'reasoning',
  'reasoning_text',
  'reasoning.text',
  'reasoning.summary',
  'reasoning.encrypted',
]);

/** Appends the thinking of a message or a delta. A server may repeat it under several names: the first one counts. */
export function appendReasoning(message: unknown, builder: AnswerBuilder): void {
  for (const field of REASONING_FIELDS) {
    const value = readField(message, field);
    // Almost every token has none of these fields.
    if (value === undefined || value === null || value === '') continue;
    const text = toReasoning(value);
    if (text === '') continue;
    builder.appendReasoning(text);
    return;
  }
}

/** Appends a text, or a list of parts, some of which may be thinking. */
export function appendContent(content: unknown, builder: AnswerBuilder): void {
  if (typeof content === 'string') builder.appendText(content);
  if (!Array.isArray(content)) return;
  for (const part of content) {
    if (REASONING_PARTS.has(readField(part, 'type'))) builder.appendReasoning(toReasoning(part));
    else if (typeof part === 'string') builder.appendText(part);
    else builder.appendText(toText(readField(part, 'text')) || toText(readField(part, 'refusal')));
  }
}

/** Returns the thinking of a text, of an object or of a list of objects. Encrypted thinking has a size, too. */
export function toReasoning(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(toReasoning).join('');
  for (const field of ['text', 'thinking', 'summary', 'content', 'data']) {
    const text = readField(value, field);
    if (typeof text === 'string' || Array.isArray(text)) return toReasoning(text);
  }
  return '';
}
