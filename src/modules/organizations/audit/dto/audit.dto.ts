import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { EnumField, IdField } from '@/platform/validation/index.js';
import { AUDIT_ACTIONS, AUDIT_TARGETS, type AuditAction } from '../audit-actions.js';
import type { AuditEventRow } from '../persistence/audit.repository.js';

export class AuditQuery extends PageQuery {
  @EnumField(AUDIT_ACTIONS, { optional: true })
  action?: AuditAction;

  @IdField({ optional: true, description: 'Only events of this user.' })
  actor_id?: string;

  @IdField({ optional: true, description: 'Only events on this target.' })
  target_id?: string;
}

@ApiSchema({ name: 'AuditEvent' })
export class AuditEventResponse {
  @ResponseIdField()
  id!: string;

  @ResponseIdField()
  organization_id!: string;

  @ResponseField('string', 'member.role_changed', { enum: AUDIT_ACTIONS })
  action!: string;

  @ResponseIdField({ nullable: true, description: 'Null when the server itself acted.' })
  actor_id!: string | null;

  @ResponseField('string', 'ada', {
    nullable: true,
    description: 'Null after the account was deleted, and without an actor.',
  })
  actor_username!: string | null;

  @ResponseIdField({ nullable: true, description: 'The API key that the actor used; null for a session.' })
  api_key_id!: string | null;

  @ResponseField('string', 'user', {
    enum: AUDIT_TARGETS,
  })
  target_type!: string;

  @ResponseIdField({ nullable: true })
  target_id!: string | null;

  @ResponseField('string', 'grace', { nullable: true })
  target_username!: string | null;

  @ResponseField('object', { from: 'member', to: 'admin' })
  details!: Record<string, unknown>;

  @ResponseTimestampField()
  created_at!: string;

  static from(event: AuditEventRow): AuditEventResponse {
    return { ...event, created_at: event.created_at.toISOString() };
  }
}
