import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsInstant } from '@/platform/openapi/response-fields.js';
import { Name, ReadOnly, Text } from '@/platform/validation/fields.js';
import type { TeamRow } from '../persistence/team.repository.js';

const NAME = { max: 80, example: 'Berlin' };
const DESCRIPTION = { optional: true, nullable: true, trim: true, min: 0, max: 2000 };

export class CreateTeamRequest {
  @Name(NAME)
  name!: string;

  @Text(DESCRIPTION)
  description?: string | null;
}

export class UpdateTeamRequest {
  @Name({ ...NAME, optional: true })
  name?: string;

  @Text(DESCRIPTION)
  description?: string | null;

  @ReadOnly()
  id?: unknown;

  @ReadOnly()
  organization_id?: unknown;

  @ReadOnly()
  member_count?: unknown;

  @ReadOnly()
  created_at?: unknown;

  @ReadOnly()
  updated_at?: unknown;
}

@ApiSchema({ name: 'TeamResponse' })
export class TeamResponse {
  @ShowsId()
  id!: string;

  @ShowsId()
  organization_id!: string;

  @Shows('string', 'Berlin')
  name!: string;

  @Shows('string', null, { nullable: true })
  description!: string | null;

  @Shows('integer', 4)
  member_count!: number;

  @ShowsInstant()
  created_at!: string;

  @ShowsInstant()
  updated_at!: string;

  static from(row: TeamRow): TeamResponse {
    const { id, organization_id, name, description, member_count } = row;
    const times = { created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() };
    return { id, organization_id, name, description, member_count, ...times };
  }
}
