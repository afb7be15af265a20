import { Shows } from '../openapi/response-fields.js';

export class LivenessResponse {
  @Shows('string', 'ok')
  status!: 'ok';
}

class HealthChecks {
  @Shows('boolean', true, { description: 'The database answers.' })
  database!: boolean;

  @Shows('boolean', true, { description: 'Every migration is applied.' })
  migrations!: boolean;

  @Shows('boolean', true, { description: 'Revocations of other nodes arrive.' })
  listener!: boolean;
}

export class HealthResponse {
  @Shows('string', 'ok', { enum: ['ok', 'unavailable', 'draining'] })
  status!: 'ok' | 'unavailable' | 'draining';

  @Shows(() => HealthChecks)
  checks!: HealthChecks;
}
