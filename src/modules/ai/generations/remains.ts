import { lastEventIn } from '@/platform/sse/event-streams.js';
import type { Author } from './answer-accumulator.js';
import type { Stretch } from './persistence/event-log.repository.js';

/** What one author wrote. */
interface Piece {
  by: Author | undefined;
  text: string;
}

/** What is stored of an answer whose process died. */
export interface Remains {
  /** The number of the last event. */
  last: number;
  messageId: string | null;
  /** In their order: the last one stands, the others were discarded. */
  pieces: Piece[];
}

/** Reads the stored events of a generation as a client would. */
export function remainsOf(stretches: readonly Stretch[]): Remains {
  let messageId: string | null = null;
  let last = 0;
  const pieces: Piece[] = [{ by: undefined, text: '' }];
  for (const { first, frames, author } of stretches) {
    for (const { event, data } of frames.flatMap((frame) => lastEventIn(frame) ?? [])) {
      const told = data as Author & { message_id: string | null; content: string };
      const piece = pieces.at(-1);
      if (event === 'start') messageId = told.message_id;
      if (event === 'restart') pieces.push({ by: { provider: told.provider, model: told.model }, text: '' });
      if (event !== 'delta' || !piece) continue;
      piece.by ??= author;
      piece.text += told.content;
    }
    last = first + frames.length - 1;
  }
  return { last, messageId, pieces };
}
