import { toAnswer } from '../../../platform/http/answer.js';
import { frameOf } from '../../../platform/http/event-streams.js';
import { aiErrors } from '../ai.errors.js';

/** The last event of an answer that nobody writes any more. */
export function interruption(generationId: string, number: number): string {
  const { body } = toAnswer(aiErrors.generation_interrupted());
  return frameOf(number, 'error', JSON.stringify({ ...body, request_id: generationId }));
}
