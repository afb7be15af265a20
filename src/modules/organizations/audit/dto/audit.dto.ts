import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsInstant } from '@/platform/openapi/response-fields.js';
import { PageQuery } from '@/platform/pagination/page.js';
import { Choice, Identifier } from '@/platform/validation/fields.js';
import { AUDIT_ACTIONS, type AuditAction } from '../audit-actions.js';
import type { NamedEvent } from '../persistence/audit.repository.js';

export class AuditQuery extends PageQuery {
  @Choice(AUDIT_ACTIONS, { optional: true })
  action?: AuditAction;

  @Identifier({ optional: true, description: 'Only what this person did.' })
  actor_id?: string;

  @Identifier({ optional: true, description: 'Only what was done to this person or thing.' })
  target_id?: string;
}

@ApiSchema({ name: 'AuditEvent' })
export class AuditEventResponse {
  @ShowsId()
  id!: string;

  @ShowsId()
  organization_id!: string;

  @Shows('string', 'member.role_changed', { enum: AUDIT_ACTIONS })
  action!: string;

  @ShowsId({ nullable: true })
  actor_id!: string | null;

  @Shows('string', 'ada', { nullable: true, description: 'Null once the account is erased.' })
  actor_username!: string | null;

  @ShowsId({ nullable: true, description: 'The API key it was done with.' })
  api_key_id!: string | null;

  @Shows('string', 'user', {
    enum: ['organization', 'user', 'team', 'invitation', 'api_key', 'integration_token'],
  })
  target_type!: string;

  @ShowsId({ nullable: true })
  target_id!: string | null;

  @Shows('string', 'grace', { nullable: true })
  target_username!: string | null;

  @Shows('object', { from: 'member', to: 'admin' })
  details!: Record<string, unknown>;

  @ShowsInstant()
  created_at!: string;

  static from(event: NamedEvent): AuditEventResponse {
    return { ...event, created_at: event.created_at.toISOString() };
  }
}
