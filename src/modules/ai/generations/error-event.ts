import { toAnswer } from '@/platform/errors/error-mapping.js';
import type { AppError } from '@/platform/errors/index.js';
import { frameOf } from '@/platform/sse/event-streams.js';

/** The last event of an answer that came to nothing: the error body, as it would be answered. */
export function errorEvent(number: number, error: AppError, requestId: string): string {
  const { body } = toAnswer(error);
  return frameOf(number, 'error', JSON.stringify({ ...body, request_id: requestId }));
}
