import { ResponseField, ResponseIdField, ResponseTimestampField } from '@/platform/openapi/index.js';
import type { Session } from '../persistence/session.entity.js';

export class SessionResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('boolean', true, { description: 'True for the session of this request.' })
  current!: boolean;

  @ResponseField('string', 'Mozilla/5.0 (X11; Linux x86_64)')
  user_agent!: string;

  @ResponseField('string', '203.0.113.7')
  ip!: string;

  @ResponseField('string', 'totp', { nullable: true, enum: ['totp', 'email', 'backup_code'] })
  second_factor_method!: string | null;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField()
  last_seen_at!: string;

  @ResponseTimestampField()
  expires_at!: string;

  static from(row: Session, currentId: string): SessionResponse {
    return {
      id: row.id,
      current: row.id === currentId,
      user_agent: row.user_agent,
      ip: row.ip,
      second_factor_method: row.second_factor_method,
      created_at: row.created_at.toISOString(),
      last_seen_at: row.last_seen_at.toISOString(),
      expires_at: row.expires_at.toISOString(),
    };
  }
}
