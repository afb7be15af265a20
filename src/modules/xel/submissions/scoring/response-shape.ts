import type { TaskContent } from '@/modules/xel/course/course.schema.js';
import { invalidField } from '@/platform/errors/index.js';
import type { ClosedContent, ClosedResponse } from './score.js';

const MAX_TEXT_LENGTH = 2000;
const MAX_ITEM_LENGTH = 300;

/** Returns a response that has the shape of the task. Throws 400 `validation_failed` for another shape, naming `response`. */
export function parseResponse(content: ClosedContent, response: unknown): ClosedResponse {
  const length = listLength(content);
  if (length === null) return parseText(response);
  const values = length === 1 && typeof response === 'string' ? [response] : response;
  return parseList(values, length);
}

/** Returns the number of texts in a response, or null for a single text. */
function listLength(content: TaskContent): number | null {
  switch (content.type) {
    case 'gap_fill':
      return content.gaps.length;
    case 'ordering':
      return content.items.length;
    case 'reading':
    case 'listening':
      return content.questions.length;
    case 'multiple_choice':
    case 'short_answer':
    case 'dictation':
    case 'writing':
    case 'speaking':
      return null;
  }
}

function parseText(response: unknown): string {
  if (typeof response !== 'string') throw invalidField('response', 'string', 'must be a string');
  if (response.trim() === '') throw invalidField('response', 'min_length', 'must not be empty');
  if (response.length > MAX_TEXT_LENGTH)
    throw invalidField('response', 'max_length', `must have at most ${MAX_TEXT_LENGTH} characters`);
  return response;
}

function parseList(response: unknown, length: number): string[] {
  if (!Array.isArray(response) || !response.every((value): value is string => typeof value === 'string'))
    throw invalidField('response', 'list', 'must be a list of strings');
  if (response.length !== length) throw invalidField('response', 'list_size', `must hold ${length} values`);
  if (response.some((value) => value.length > MAX_ITEM_LENGTH))
    throw invalidField(
      'response',
      'max_length',
      `each value must have at most ${MAX_ITEM_LENGTH} characters`,
    );
  return response;
}
