import { parseLastEvent } from '@/platform/sse/event-streams.js';
import type { AnsweringModel } from './answer-accumulator.js';
import type { EventBatch } from './persistence/event-log.repository.js';

/** What one author wrote. */
interface AnswerSegment {
  answeringModel: AnsweringModel | undefined;
  text: string;
}

/** What is stored of an answer whose process died. */
export interface PartialAnswer {
  /** The number of the last event. */
  last: number;
  messageId: string | null;
  /** In their order: the last one stands, the others were discarded. */
  segments: AnswerSegment[];
}

/** Reads the stored events of a generation as a client would. */
export function parsePartialAnswer(batches: readonly EventBatch[]): PartialAnswer {
  let messageId: string | null = null;
  let last = 0;
  const segments: AnswerSegment[] = [{ answeringModel: undefined, text: '' }];
  for (const { first, frames, answeringModel } of batches) {
    for (const { event, data } of frames.flatMap((frame) => parseLastEvent(frame) ?? [])) {
      const payload = data as AnsweringModel & { message_id: string | null; content: string };
      const segment = segments.at(-1);
      if (event === 'start') messageId = payload.message_id;
      if (event === 'restart')
        segments.push({ answeringModel: { provider: payload.provider, model: payload.model }, text: '' });
      if (event !== 'delta' || !segment) continue;
      segment.answeringModel ??= answeringModel;
      segment.text += payload.content;
    }
    last = first + frames.length - 1;
  }
  return { last, messageId, segments };
}
