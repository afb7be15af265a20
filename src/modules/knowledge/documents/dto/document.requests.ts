import {
  DOCUMENT_STATUSES,
  MAX_TITLE_LENGTH,
  VISIBILITIES,
  type Visibility,
  type DocumentStatus,
} from '@/modules/knowledge/knowledge.rules.js';
import { PageQuery } from '@/platform/pagination/index.js';
import {
  customRule,
  EnumField,
  IdField,
  JsonObjectField,
  NameField,
  QueryIntegerField,
  ReadOnlyField,
  TextField,
  UnionField,
} from '@/platform/validation/index.js';
import { MAX_TEXT_BYTES, TEXT_BODY_LIMIT } from '../document.rules.js';

const METADATA = {
  optional: true,
  maxBytes: 4096,
  description: 'Any JSON object; in a form, its JSON. `filters.metadata` restricts a search to values of it.',
  example: { course: 'B1' },
};
const isFileFacts = customRule<object>('file', 'must be a file', (value) => typeof value === 'object');

/** Fields of a file, or of a text instead of it. */
class DocumentContentRequest {
  /** The facts of the file, which UploadInterceptor has read; the file itself is injected. */
  @UnionField([isFileFacts], {
    optional: true,
    schema: { type: 'string', format: 'binary' },
    description: 'PDF, DOCX, HTML, Markdown, CSV, JSON or text. The type is judged by the content.',
  })
  file?: { filename: string; size: number; sha256: string };

  @TextField({
    optional: true,
    max: TEXT_BODY_LIMIT,
    description: `The text of the document. At most ${MAX_TEXT_BYTES} bytes; upload a longer one as a file.`,
    example: '# Opening hours\n\nThe office is open from Monday to Friday.',
  })
  text?: string;

  @NameField({
    optional: true,
    max: 255,
    pattern: /^[^/\\]+$/,
    description: 'File name of the text; its extension says what the text is.',
    example: 'opening-hours.md',
  })
  filename?: string;
}

const PATH = {
  optional: true,
  max: 1024,
  pattern: /^(?!\/)(?!.*\/\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))[^\0-\x1f\x7f\\]+(?<!\/)$/,
  patternMessage: 'must be a relative path with /, without . and ..',
};

export class CreateDocumentRequest extends DocumentContentRequest {
  @NameField({
    optional: true,
    max: MAX_TITLE_LENGTH,
    description: 'Absent: the title that the file states, or its name without the extension.',
    example: 'Opening hours',
  })
  title?: string;

  @EnumField(VISIBILITIES, {
    optional: true,
    description: 'Absent: that of the collection, else `private`.',
    example: 'private',
  })
  visibility?: Visibility;

  @IdField({
    optional: true,
    nullable: true,
    description: 'The organization, with the visibility `organization`.',
  })
  organization_id?: string | null;

  @IdField({ optional: true, nullable: true, description: 'The team, with the visibility `team`.' })
  team_id?: string | null;

  @IdField({
    optional: true,
    nullable: true,
    description: 'The conversation, with the visibility `conversation`.',
  })
  conversation_id?: string | null;

  @IdField({
    optional: true,
    nullable: true,
    description: 'A collection. The document gets its visibility, so `visibility` can be absent.',
  })
  collection_id?: string | null;

  @TextField({
    ...PATH,
    description:
      'Name of the file in its collection, for synchronization. A file with the path of a document becomes its new version.',
  })
  path?: string;

  @JsonObjectField(METADATA)
  metadata?: Record<string, unknown>;
}

/** Names of the fields of a form; see `upload` of `@Operation`. */
export const CREATE_FORM = {
  fields: [
    ...['title', 'visibility', 'organization_id', 'team_id', 'conversation_id', 'collection_id'],
    ...['path', 'metadata'],
  ],
  jsonFields: ['metadata'],
};

/** A new version. Readers and metadata of the document stay. */
export class ReplaceDocumentRequest extends DocumentContentRequest {
  @NameField({ optional: true, max: MAX_TITLE_LENGTH, description: 'Absent: the title stays.' })
  title?: string;
}

export const REPLACE_FORM = { fields: ['title'], jsonFields: [] };

export class UpdateDocumentRequest {
  @NameField({ optional: true, max: MAX_TITLE_LENGTH, example: 'Opening hours' })
  title?: string;

  @EnumField(VISIBILITIES, { optional: true })
  visibility?: Visibility;

  @IdField({
    optional: true,
    nullable: true,
    description: 'The organization, with the visibility `organization`.',
  })
  organization_id?: string | null;

  @IdField({ optional: true, nullable: true, description: 'The team, with the visibility `team`.' })
  team_id?: string | null;

  @IdField({
    optional: true,
    nullable: true,
    description: 'The conversation, with the visibility `conversation`.',
  })
  conversation_id?: string | null;

  @IdField({
    optional: true,
    nullable: true,
    description:
      'The document gets the visibility of the collection. Null: the document leaves its collection.',
  })
  collection_id?: string | null;

  @JsonObjectField({ ...METADATA, description: 'Replaces the metadata.' })
  metadata?: Record<string, unknown>;

  @ReadOnlyField() id?: unknown;
  @ReadOnlyField() filename?: unknown;
  @ReadOnlyField() content_type?: unknown;
  @ReadOnlyField() size?: unknown;
  @ReadOnlyField() sha256?: unknown;
  @ReadOnlyField() version?: unknown;
  @ReadOnlyField() ready_version?: unknown;
  @ReadOnlyField() status?: unknown;
  @ReadOnlyField() stage?: unknown;
  @ReadOnlyField() progress_percent?: unknown;
  @ReadOnlyField() error?: unknown;
  @ReadOnlyField() warnings?: unknown;
  @ReadOnlyField() language?: unknown;
  @ReadOnlyField() chunk_count?: unknown;
  @ReadOnlyField() path?: unknown;
  @ReadOnlyField() uploaded_by?: unknown;
  @ReadOnlyField() created_at?: unknown;
  @ReadOnlyField() updated_at?: unknown;
}

export class DocumentQuery extends PageQuery {
  @EnumField(VISIBILITIES, { optional: true, description: 'Only documents with this visibility.' })
  visibility?: Visibility;

  @EnumField(DOCUMENT_STATUSES, {
    optional: true,
    description: 'Only documents whose latest version has this status.',
  })
  status?: DocumentStatus;

  @IdField({ optional: true, description: 'Only documents of this collection.' })
  collection_id?: string;

  @IdField({
    optional: true,
    description:
      'Only documents of this conversation. Without it, the list has no documents of conversations.',
  })
  conversation_id?: string;
}

export class DocumentTextQuery {
  @QueryIntegerField({
    min: 1,
    max: 999_999_999,
    description: 'Absent: the version that readers find.',
    example: 1,
  })
  version?: number;
}

export class ChunkQuery {
  @QueryIntegerField({ min: 0, max: 3, description: 'Chunks before and after this one.', example: 1 })
  neighbours?: number;
}
