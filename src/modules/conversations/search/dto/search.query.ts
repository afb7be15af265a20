import { SOURCE_KINDS, type SourceKind } from '@/modules/conversations/persistence/search-index-sql.js';
import { EnumField, QueryIntegerField, TextField } from '@/platform/validation/index.js';

export class SearchQuery {
  @TextField({ max: 500, trim: true, description: 'Words to search for.', example: 'learning plan' })
  q!: string;

  @QueryIntegerField({
    min: 1,
    max: 100,
    description: 'Maximum number of results. Default: 20.',
    example: 20,
  })
  limit = 20;

  @EnumField(SOURCE_KINDS, { optional: true, description: 'Only results of this type.' })
  type?: SourceKind;
}
