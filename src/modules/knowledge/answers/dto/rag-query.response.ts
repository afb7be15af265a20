import { type ChatResponse, type GroundedAnswer, GroundedSentenceResponse } from '@/modules/ai/index.js';
import { ApiSchema, ResponseField, ResponseIdField, ResponseListField } from '@/platform/openapi/index.js';

/** A passage that an answer cites. */
@ApiSchema({ name: 'RagSource' })
export class RagSourceResponse {
  @ResponseField('integer', 1, { description: 'The number in citations such as `[1]`.' })
  n!: number;

  @ResponseIdField({ optional: true, description: 'The chunk.' })
  id?: string;

  @ResponseIdField({ optional: true })
  document_id?: string;

  @ResponseField('string', 'Course fees', { optional: true })
  title?: string;

  @ResponseField('string', 'A deposit of 80 euros is due with the application.', {
    optional: true,
    description: 'The passage.',
  })
  content?: string;

  @ResponseField('number', 7.2, {
    optional: true,
    description: 'Relevance. Comparable only within one response.',
  })
  score?: number;

  @ResponseField('integer', 3, { optional: true, nullable: true, description: 'Null without pages.' })
  page?: number | null;

  @ResponseField('integer', 0, {
    optional: true,
    description: 'UTF-16 offset in the text of the document.',
  })
  start?: number;

  @ResponseField('integer', 49, { optional: true, description: 'The end, exclusive.' })
  end?: number;

  @ResponseField('string', 'valid', {
    optional: true,
    enum: ['valid', 'stale', 'gone'],
    description:
      'In receipts, and where it is `gone`: the document was deleted, or you may not read it any more. Then only `n` is shown.',
  })
  state?: 'valid' | 'stale' | 'gone';
}

@ApiSchema({ name: 'RagQueryResponse' })
export class RagQueryResponse {
  @ResponseField('string', 'A deposit of 80 euros is due with the application. [1]', {
    nullable: true,
    description: 'Null when the documents do not answer the question.',
  })
  answer!: string | null;

  @ResponseField('boolean', true)
  supported!: boolean;

  @ResponseListField(() => RagSourceResponse, undefined, 'The passages that the answer cites.')
  sources!: RagSourceResponse[];

  @ResponseListField(
    () => GroundedSentenceResponse,
    undefined,
    'The sentences of the answer. Each is supported by its sources; others were left out.',
  )
  sentences!: GroundedSentenceResponse[];

  @ResponseIdField({ nullable: true, description: 'Null without an answer.' })
  receipt_id!: string | null;

  @ResponseField('string', 'extractive', {
    description: '`extractive`: the answer consists of quotations. Else the model that wrote it.',
  })
  evaluator!: string;

  @ResponseIdField({ nullable: true, description: 'Null without a conversation.' })
  conversation_id!: string | null;

  @ResponseIdField({ nullable: true, description: 'The stored answer; null without a conversation.' })
  message_id!: string | null;

  /** Returns the result of a query from the answer of its generation. */
  static from(answer: ChatResponse, grounded: GroundedAnswer | undefined): RagQueryResponse {
    const supported = grounded?.supported ?? false;
    return {
      answer: supported ? answer.content : null,
      supported,
      sources: supported ? (grounded?.citedSources ?? []) : [],
      sentences: [...(grounded?.sentences ?? [])],
      receipt_id: supported ? (grounded?.receiptId ?? null) : null,
      evaluator: answer.model === 'local-extractive' ? 'extractive' : answer.model,
      conversation_id: answer.conversation_id,
      message_id: answer.message_id,
    };
  }
}
