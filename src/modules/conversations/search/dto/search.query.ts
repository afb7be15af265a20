import { EnumField, QueryIntegerField, TextField } from '@/platform/validation/fields.js';
import { SOURCE_KINDS, type SourceKind } from '../search.rules.js';

export class SearchQuery {
  @TextField({ max: 500, trim: true, description: 'What to look for.', example: 'learning plan' })
  q!: string;

  @QueryIntegerField({ min: 1, max: 100, description: 'Results at most; 20 when absent.', example: 20 })
  limit = 20;

  @EnumField(SOURCE_KINDS, { optional: true, description: 'Only results of this type.' })
  type?: SourceKind;
}
