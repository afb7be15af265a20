import { Choice } from '@/platform/validation/fields.js';
import { EXPORT_FORMATS, type ExportFormat } from '../export.rules.js';

export class ExportQuery {
  @Choice(EXPORT_FORMATS, { optional: true, description: '`markdown` when absent.' })
  format: ExportFormat = 'markdown';
}
