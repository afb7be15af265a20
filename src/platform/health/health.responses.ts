import { ApiSchema } from '../openapi/lazy-decorators.js';
import { ResponseField } from '../openapi/response-fields.js';

export class LivenessResponse {
  @ResponseField('string', 'ok')
  status!: 'ok';
}

@ApiSchema({ name: 'HealthChecks' })
class HealthChecks {
  @ResponseField('boolean', true, { description: 'The database is reachable.' })
  database!: boolean;

  @ResponseField('boolean', true, { description: 'All migrations are applied.' })
  migrations!: boolean;

  @ResponseField('boolean', true, { description: 'Notifications of other nodes arrive.' })
  listener!: boolean;
}

export class HealthResponse {
  @ResponseField('string', 'ok', { enum: ['ok', 'unavailable', 'draining'] })
  status!: 'ok' | 'unavailable' | 'draining';

  @ResponseField(() => HealthChecks)
  checks!: HealthChecks;
}
