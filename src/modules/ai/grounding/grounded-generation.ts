import type { DocumentSource } from '@/modules/conversations/index.js';
import type { GroundedAnswer } from './grounded-answer.js';
import type { GroundingSource } from './grounding.js';

/** How often the sources of a running generation are judged again. */
const READABLE_CHECK_INTERVAL_MS = 600;

/** What an answer says when the documents do not support any other sentence. */
export const NOT_SUPPORTED_TEXT = 'Your documents do not answer this question.';

/** Calls `onGone` once when the asker may not read a source any more. Returns a function that ends the watch. */
export function watchSources({ question }: GroundedAnswer, onGone: () => void): () => void {
  if (question.sources.length === 0) return () => undefined;
  let checking = false;
  const check = async (): Promise<void> => {
    if (checking) return;
    checking = true;
    // A failed check is repeated.
    const readable = await question.isReadable().catch(() => true);
    checking = false;
    if (!readable) onGone();
  };
  const timer = setInterval(() => void check(), READABLE_CHECK_INTERVAL_MS).unref();
  return () => clearInterval(timer);
}

/** Returns a cited passage as the source of an answer. */
export function toAnswerSource(source: GroundingSource): DocumentSource {
  return { ...source, type: 'document', conversation_id: null, snippet: source.content };
}
