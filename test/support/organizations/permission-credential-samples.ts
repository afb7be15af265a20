import type { MatrixCell, SampleFactory } from './permission-samples.js';

const PARTNER_ORIGIN = 'https://partner.example.com';

export function apiKeySamples(): Record<string, SampleFactory> {
  const body = { name: 'Nightly export', scopes: ['organizations:read'] };
  const writing = { name: 'Nightly import', scopes: ['organizations:write'] };
  return {
    'GET /api/api-keys (of the organization)': ({ tenant: place }) => ({
      query: { organization_id: place.organizationId },
    }),
    'POST /api/api-keys': ({ tenant: place }) => ({
      body: { ...body, organization_id: place.organizationId },
    }),
    'POST /api/api-keys (that writes)': ({ tenant: place }) => ({
      body: { ...writing, organization_id: place.organizationId },
    }),
  };
}

export function integrationTokenSamples(): Record<string, SampleFactory> {
  const tenantFields = ({ tenant: place }: MatrixCell): { tenantId: string } => ({
    tenantId: place.organizationId,
  });
  const tokenFields = ({ tenant: place }: MatrixCell): { integrationToken: string } => ({
    integrationToken: place.integrationToken,
  });
  return {
    'POST /api/integration/grant': (cell) => ({
      body: { ...tenantFields(cell), origin: PARTNER_ORIGIN, scopes: ['quota:read'] },
    }),
    'POST /api/integration/grant (without a tenant)': () => ({
      body: { origin: PARTNER_ORIGIN, scopes: ['quota:read'] },
    }),
    'POST /api/integration/verify': (cell) => ({
      body: { ...tenantFields(cell), token: cell.tenant.integrationToken },
    }),
    'POST /api/integration/revoke': (cell) => ({ body: tokenFields(cell) }),
    'POST /api/integration/rotate': (cell) => ({ body: tokenFields(cell) }),
    'POST /api/integration/keys/rotate': (cell) => ({ body: tenantFields(cell) }),
    'GET /api/integration/jwks': (cell) => ({ query: tenantFields(cell) }),
    'GET /api/integration/fingerprint': (cell) => ({ query: tenantFields(cell) }),
    'GET /api/admin/integration-token-revocations': (cell) => ({ query: tenantFields(cell) }),
  };
}
