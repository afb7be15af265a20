import { GroundedSentenceResponse } from '@/modules/ai/index.js';
import type {
  KnowledgeReceipt,
  ReceiptSource,
} from '@/modules/knowledge/answers/persistence/knowledge-receipt.entity.js';
import type { SourceState } from '@/modules/knowledge/answers/persistence/receipt.repository.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseListField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import { RagSourceResponse } from './rag-query.response.js';

/** From the best to the worst. */
const STATES: readonly SourceState[] = ['valid', 'stale', 'gone'];

@ApiSchema({ name: 'RagReceiptResponse' })
export class ReceiptResponse {
  @ResponseIdField()
  receipt_id!: string;

  @ResponseField('string', 'valid', {
    enum: STATES,
    description:
      'The worst state of a source. `stale`: its document has changed since. `gone`: it was deleted, or you may not read it any more.',
  })
  status!: SourceState;

  @ResponseField('string', 'How much is the deposit?')
  query!: string;

  @ResponseField('string', 'A deposit of 80 euros is due with the application. [1]')
  answer!: string;

  @ResponseListField(() => GroundedSentenceResponse)
  sentences!: GroundedSentenceResponse[];

  @ResponseListField(() => RagSourceResponse)
  sources!: RagSourceResponse[];

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField()
  checked_at!: string;

  static from(receipt: KnowledgeReceipt, states: readonly SourceState[], now: Date): ReceiptResponse {
    return {
      receipt_id: receipt.id,
      status: STATES.findLast((state) => states.includes(state)) ?? 'valid',
      query: receipt.query,
      answer: receipt.answer,
      sentences: receipt.sentences,
      sources: receipt.sources.map((source, index) => toSourceResponse(source, states[index] ?? 'gone')),
      created_at: receipt.created_at.toISOString(),
      checked_at: now.toISOString(),
    };
  }
}

function toSourceResponse(
  { document_version: _, ...source }: ReceiptSource,
  state: SourceState,
): RagSourceResponse {
  return state === 'gone' ? { n: source.n, state } : { ...source, state };
}
