import { VISIBLE_PROGRESS } from '@/modules/progress/statistics/statistics-metrics.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseListField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import type { VisibleOrganization } from '../persistence/xp.repository.js';

/** What managers see of a member: numbers, never texts or transcripts. */
const VISIBLE_DATA: string[] = [...VISIBLE_PROGRESS];
const WEBHOOK_EVENTS = ['learning.module.completed', 'learning.xp.awarded', 'learning.evaluation.finished'];

@ApiSchema({ name: 'OrganizationVisibility' })
export class OrganizationVisibilityResponse {
  @ResponseIdField()
  organization_id!: string;

  @ResponseField('string', 'Brightpath Learning')
  organization_name!: string;

  @ResponseTimestampField({ description: 'When you joined. Earlier activity is not visible.' })
  since!: string;

  @ResponseListField(
    'string',
    ['owner', 'admin', 'team_manager'],
    'A team manager sees only members of their teams.',
  )
  visible_to!: string[];

  @ResponseListField('string', VISIBLE_DATA, 'Numbers only; never texts or transcripts.')
  data!: string[];

  @ResponseListField('string', WEBHOOK_EVENTS, 'Events that the organization can receive as webhooks.')
  webhook_events!: string[];

  static from({
    organization_id,
    organization_name,
    since,
  }: VisibleOrganization): OrganizationVisibilityResponse {
    return {
      organization_id,
      organization_name,
      since: since.toISOString(),
      visible_to: ['owner', 'admin', 'team_manager'],
      data: [...VISIBLE_DATA],
      webhook_events: [...WEBHOOK_EVENTS],
    };
  }
}

@ApiSchema({ name: 'VisibilityResponse' })
export class VisibilityResponse {
  @ResponseField('boolean', true, { description: 'Whether every client may read your public profile.' })
  public_profile!: boolean;

  @ResponseListField(() => OrganizationVisibilityResponse)
  organizations!: OrganizationVisibilityResponse[];
}
