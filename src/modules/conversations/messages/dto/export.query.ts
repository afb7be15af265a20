import { EnumField } from '@/platform/validation/index.js';
import { EXPORT_FORMATS, type ExportFormat } from '../export.rules.js';

export class ExportQuery {
  @EnumField(EXPORT_FORMATS, { optional: true, description: 'Default: `markdown`.' })
  format: ExportFormat = 'markdown';
}
