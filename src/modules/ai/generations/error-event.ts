import { toErrorResponse } from '@/platform/errors/error-mapping.js';
import type { AppError } from '@/platform/errors/index.js';
import { toEventFrame } from '@/platform/sse/event-streams.js';

/** The last event of an answer that came to nothing: the error body, as it would be answered. */
export function buildErrorFrame(eventNumber: number, error: AppError, requestId: string): string {
  const { body } = toErrorResponse(error);
  return toEventFrame(eventNumber, 'error', JSON.stringify({ ...body, request_id: requestId }));
}
