import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import { NameField, ReadOnlyField, TextField } from '@/platform/validation/index.js';
import type { Team } from '../persistence/team.entity.js';

const NAME_OPTIONS = { max: 80, example: 'Berlin' };
const DESCRIPTION_OPTIONS = { optional: true, nullable: true, trim: true, min: 0, max: 2000 };

export class CreateTeamRequest {
  @NameField(NAME_OPTIONS)
  name!: string;

  @TextField(DESCRIPTION_OPTIONS)
  description?: string | null;
}

export class UpdateTeamRequest {
  @NameField({ ...NAME_OPTIONS, optional: true })
  name?: string;

  @TextField(DESCRIPTION_OPTIONS)
  description?: string | null;

  @ReadOnlyField()
  id?: unknown;

  @ReadOnlyField()
  organization_id?: unknown;

  @ReadOnlyField()
  member_count?: unknown;

  @ReadOnlyField()
  created_at?: unknown;

  @ReadOnlyField()
  updated_at?: unknown;
}

@ApiSchema({ name: 'TeamResponse' })
export class TeamResponse {
  @ResponseIdField()
  id!: string;

  @ResponseIdField()
  organization_id!: string;

  @ResponseField('string', 'Berlin')
  name!: string;

  @ResponseField('string', null, { nullable: true })
  description!: string | null;

  @ResponseField('integer', 4)
  member_count!: number;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField()
  updated_at!: string;

  static from(row: Team): TeamResponse {
    return {
      id: row.id,
      organization_id: row.organization_id,
      name: row.name,
      description: row.description,
      member_count: row.member_count,
      created_at: row.created_at.toISOString(),
      updated_at: row.updated_at.toISOString(),
    };
  }
}
