import { ApiSchema, ResponseField, ResponseIdField } from '@/platform/openapi/index.js';
import { toXcRole } from '../organizations.rules.js';
import type { TwoFactorImpactRow } from '../persistence/two-factor-impact.repository.js';

@ApiSchema({ name: 'TwoFactorImpact' })
export class TwoFactorImpactResponse {
  @ResponseIdField()
  user_id!: string;

  @ResponseField('string', 'ada')
  username!: string;

  @ResponseField('string', 'ada@example.com')
  email!: string;

  @ResponseField('string', 'member', { enum: ['admin', 'member'] })
  role!: 'admin' | 'member';

  @ResponseField('boolean', false)
  two_factor_enabled!: boolean;

  @ResponseField('boolean', true, {
    description: 'Whether the member would have to set up a second factor at the next log-in.',
  })
  setup_at_login!: boolean;

  @ResponseField('integer', 1, {
    description: 'The number of API keys that would stop working.',
  })
  weak_api_keys!: number;

  static from({ role, ...row }: TwoFactorImpactRow): TwoFactorImpactResponse {
    return { ...row, role: toXcRole(role) };
  }
}
