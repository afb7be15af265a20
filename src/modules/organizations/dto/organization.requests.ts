import {
  BooleanField,
  IntegerField,
  NameField,
  ReadOnlyField,
  TextField,
} from '@/platform/validation/index.js';
import { SLUG_PATTERN } from '../organizations.rules.js';

const NAME_OPTIONS = { max: 120, example: 'Acme Learning' };
const DESCRIPTION_OPTIONS = {
  optional: true,
  nullable: true,
  trim: true,
  min: 0,
  max: 2000,
  example: 'Workspace for team learning and collaboration',
};

export class OrganizationCreateRequest {
  @NameField(NAME_OPTIONS)
  name!: string;

  @TextField({
    optional: true,
    trim: true,
    max: 64,
    pattern: SLUG_PATTERN,
    patternMessage: 'must contain only lower-case letters, digits and single dashes',
    example: 'acme-learning',
    description: 'Derived from the name when absent. It cannot be changed later.',
  })
  slug?: string;

  @TextField(DESCRIPTION_OPTIONS)
  description?: string | null;
}

/** A partial update: an absent field keeps its value. */
export class UpdateOrganizationRequest {
  @NameField({ ...NAME_OPTIONS, optional: true })
  name?: string;

  @TextField(DESCRIPTION_OPTIONS)
  description?: string | null;

  @BooleanField({
    optional: true,
    description: 'Setting this to true requires a session that used a second factor.',
  })
  enforce_2fa?: boolean;

  @IntegerField({
    optional: true,
    nullable: true,
    min: 0,
    max: 36_500,
    description:
      'Days that transcripts of live sessions are kept, which the organization pays for. 0: none are kept. Null: until they are deleted.',
  })
  transcript_retention_days?: number | null;

  @ReadOnlyField()
  id?: unknown;

  @ReadOnlyField()
  slug?: unknown;

  @ReadOnlyField()
  role?: unknown;

  @ReadOnlyField()
  member_count?: unknown;

  @ReadOnlyField()
  created_at?: unknown;

  @ReadOnlyField()
  updated_at?: unknown;
}
