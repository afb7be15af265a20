import { Flag, Name, ReadOnly, Text } from '@/platform/validation/fields.js';
import { SLUG } from '../organizations.rules.js';

const NAME = { max: 120, example: 'Acme Learning' };
const DESCRIPTION = {
  optional: true,
  nullable: true,
  trim: true,
  min: 0,
  max: 2000,
  example: 'Workspace for team learning and collaboration',
};

export class OrganizationCreateRequest {
  @Name(NAME)
  name!: string;

  @Text({
    optional: true,
    trim: true,
    max: 64,
    pattern: SLUG,
    patternMessage: 'must be lower-case words of letters and digits, joined by dashes',
    example: 'acme-learning',
    description: 'Made from the name when absent. Fixed from then on.',
  })
  slug?: string;

  @Text(DESCRIPTION)
  description?: string | null;
}

/** A partial update; an absent field stays as it is. */
export class UpdateOrganizationRequest {
  @Name({ ...NAME, optional: true })
  name?: string;

  @Text(DESCRIPTION)
  description?: string | null;

  @Flag({ optional: true, description: 'Switching this on needs a second factor in the present session.' })
  enforce_2fa?: boolean;

  @ReadOnly()
  id?: unknown;

  @ReadOnly()
  slug?: unknown;

  @ReadOnly()
  role?: unknown;

  @ReadOnly()
  member_count?: unknown;

  @ReadOnly()
  created_at?: unknown;

  @ReadOnly()
  updated_at?: unknown;
}
