import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { ResponseField, ResponseIdField } from '@/platform/openapi/response-fields.js';
import { type Role, ROLES } from '../organizations.rules.js';
import type { TwoFactorImpactRow } from '../persistence/two-factor-impact.repository.js';

@ApiSchema({ name: 'TwoFactorImpact' })
export class TwoFactorImpactResponse implements TwoFactorImpactRow {
  @ResponseIdField()
  user_id!: string;

  @ResponseField('string', 'ada')
  username!: string;

  @ResponseField('string', 'ada@example.com')
  email!: string;

  @ResponseField('string', 'member', { enum: ROLES })
  role!: Role;

  @ResponseField('boolean', false)
  two_factor_enabled!: boolean;

  @ResponseField('boolean', true, { description: 'Would have to set up a second factor at the next login.' })
  setup_at_login!: boolean;

  @ResponseField('integer', 1, {
    description: 'API keys made without a second factor, which would stop working.',
  })
  weak_api_keys!: number;
}
