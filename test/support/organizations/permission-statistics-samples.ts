import type { SampleFactory } from './permission-samples.js';

const STATS = 'GET /api/v1/admin/stats';

/** Statistics of the organization that the query names, and of the one that applies without a name. */
export function statisticsSamples(): Record<string, SampleFactory> {
  return {
    [STATS]: ({ tenant }) => ({ query: { organization_id: tenant.organizationId } }),
    [`${STATS} (of the primary organization)`]: () => ({}),
    [`${STATS}/users/:user_id`]: ({ tenant }) => ({ query: { organization_id: tenant.organizationId } }),
    [`${STATS}/progress/members`]: ({ tenant }) => ({ query: { org_id: tenant.organizationId } }),
  };
}
