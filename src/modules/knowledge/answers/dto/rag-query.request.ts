import { KnowledgeFiltersRequest } from '@/modules/knowledge/retrieval/dto/search.request.js';
import { ApiSchema } from '@/platform/openapi/index.js';
import { BooleanField, IdField, isVisible, ObjectField, TextField } from '@/platform/validation/index.js';

@ApiSchema({ name: 'RagQueryRequest' })
export class RagQueryRequest {
  @TextField({
    max: 2_000,
    rules: [isVisible],
    example: 'How much is the deposit?',
    description: 'The question. With `conversation_id` it can refer to the one before it.',
  })
  query!: string;

  @ObjectField(() => KnowledgeFiltersRequest, {
    optional: true,
    nullable: true,
    description: 'Only documents that match all of the filters.',
  })
  filters?: KnowledgeFiltersRequest | null;

  @IdField({
    optional: true,
    nullable: true,
    description:
      'One of your conversations. Its documents are used too; the question and the answer are stored in it. API keys also ' +
      'need the scopes `conversations:read` and `conversations:write`.',
  })
  conversation_id?: string | null;

  @BooleanField({
    optional: true,
    description: 'Return an event stream. `Accept: text/event-stream` has the same effect.',
  })
  stream?: boolean;
}
