import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { ApiKeyRow } from '../persistence/api-key.repository.js';
import { ApiKeyResponse } from './api-key.responses.js';

const ROW: ApiKeyRow = {
  id: 'key',
  organization_id: 'acme' as OrganizationId,
  created_by: 'ada',
  name: 'Nightly export',
  key_hash: Buffer.from('secret'),
  key_prefix: 'xntr-k4J0xQe',
  scopes: ['rag:read'],
  allowed_ips: ['203.0.113.0/24'],
  second_factor: true,
  created_at: new Date('2026-05-01T10:00:00.123Z'),
  activated_at: new Date('2026-05-02T10:00:00.000Z'),
  expires_at: new Date('2027-05-01T10:00:00.000Z'),
  last_used_at: new Date('2026-05-03T10:00:00.000Z'),
  suspended: true,
};

describe('the response of an API key', () => {
  it('has the documented fields in their order, and nothing else of the row', () => {
    expect(JSON.stringify(ApiKeyResponse.from(ROW))).toBe(
      JSON.stringify({
        id: 'key',
        name: 'Nightly export',
        key_prefix: 'xntr-k4J0xQe',
        organization_id: 'acme',
        scopes: ['rag:read'],
        allowed_ips: ['203.0.113.0/24'],
        expires_at: '2027-05-01T10:00:00.000Z',
        created_by: 'ada',
        created_at: '2026-05-01T10:00:00.123Z',
        last_used_at: '2026-05-03T10:00:00.000Z',
        suspended: true,
      }),
    );
  });

  it('says null for a key that does not expire and was never used', () => {
    const response = ApiKeyResponse.from({ ...ROW, expires_at: null, last_used_at: null });
    expect([response.expires_at, response.last_used_at]).toEqual([null, null]);
  });
});
