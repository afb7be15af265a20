import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId } from '@/platform/openapi/response-fields.js';
import { type Role, ROLES } from '../organizations.rules.js';
import type { ImpactRow } from '../persistence/two-factor-impact.repository.js';

@ApiSchema({ name: 'TwoFactorImpact' })
export class TwoFactorImpactResponse implements ImpactRow {
  @ShowsId()
  user_id!: string;

  @Shows('string', 'ada')
  username!: string;

  @Shows('string', 'ada@example.com')
  email!: string;

  @Shows('string', 'member', { enum: ROLES })
  role!: Role;

  @Shows('boolean', false)
  two_factor_enabled!: boolean;

  @Shows('boolean', true, { description: 'Would have to set up a second factor at the next login.' })
  setup_at_login!: boolean;

  @Shows('integer', 1, { description: 'API keys made without a second factor, which would stop working.' })
  weak_api_keys!: number;
}
