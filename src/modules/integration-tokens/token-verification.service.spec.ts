import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TestClock } from '@test/support/app/test-clock.js';
import type { IntegrationClaims, IntegrationJwtService } from './integration-jwt.service.js';
import type { GrantState, IntegrationGrantRepository } from './persistence/integration-grant.repository.js';
import { TokenVerificationService } from './token-verification.service.js';

const TENANT = 'acme' as OrganizationId;
const clock = new TestClock();
clock.freeze();

const CLAIMS: IntegrationClaims = {
  iss: 'https://learn.example.org',
  sub: 'embed:jti',
  aud: 'xentree:integration',
  tid: TENANT,
  origin: 'https://a.example',
  mode: 'embed',
  scope: 'live:use',
  jti: 'jti',
  iat: 0,
  nbf: 0,
  exp: 0,
};
const STATE: GrantState = {
  jti: 'jti',
  organization_id: TENANT,
  created_by: 'ada',
  kid: 'kid',
  mode: 'embed',
  origin: 'https://a.example',
  scopes: ['live:use'],
  second_factor: false,
  issued_at: clock.after(-60),
  valid_until: clock.after(60),
  revoked_at: null,
  revoked_by: null,
  reason: null,
  expires_at: clock.after(3600),
  creator_is_active: true,
  enforce_2fa: false,
  creator_has_second_factor: false,
};

interface Case {
  claims?: IntegrationClaims | null;
  state?: Partial<GrantState> | null;
  expired?: boolean;
}

function verify({ claims = CLAIMS, state = {}, expired = false }: Case) {
  const found = state && { ...STATE, ...state };
  const grants: Pick<IntegrationGrantRepository, 'findState'> = {
    findState: (tenantId, jti) =>
      Promise.resolve(tenantId === TENANT && jti === 'jti' && found ? found : undefined),
  };
  const jwt: Pick<IntegrationJwtService, 'readClaims' | 'hasExpired'> = {
    readClaims: () => Promise.resolve(claims),
    hasExpired: () => expired,
  };
  const service = new TokenVerificationService(
    grants as IntegrationGrantRepository,
    jwt as IntegrationJwtService,
    clock,
  );
  return service.verify(TENANT, 'token');
}

const revoked_at = clock.after(-1);

describe('the verification of a token', () => {
  it.each<[string, Case, object]>([
    ['a valid token', {}, { valid: true, revoked: false, claims: CLAIMS }],
    [
      'a token whose signature does not verify',
      { claims: null },
      { valid: false, revoked: false, reason: 'unknown_token' },
    ],
    ['a token without a grant', { state: null }, { valid: false, revoked: false, reason: 'unknown_token' }],
    [
      'a token whose own end has passed, although its grant has not',
      { expired: true },
      { valid: false, revoked: false, reason: 'expired', claims: CLAIMS },
    ],
    [
      'a token whose grant has ended, although its own end has not passed',
      { state: { valid_until: clock.now() } },
      { valid: false, revoked: false, reason: 'expired', claims: CLAIMS },
    ],
    [
      'a revoked token',
      { state: { revoked_at, reason: 'security-incident' } },
      { valid: false, revoked: true, reason: 'security-incident', claims: CLAIMS },
    ],
    [
      'a token revoked without a reason',
      { state: { revoked_at, reason: null } },
      { valid: false, revoked: true, reason: 'revoked', claims: CLAIMS },
    ],
    [
      'a revoked token that has expired since',
      { state: { revoked_at, reason: 'rotated', valid_until: clock.after(-1) }, expired: true },
      { valid: false, revoked: true, reason: 'rotated', claims: CLAIMS },
    ],
    [
      'a token of a creator who is not active',
      { state: { creator_is_active: false } },
      { valid: false, revoked: false, reason: 'suspended', claims: CLAIMS },
    ],
    [
      'a token without the second factor that is enforced',
      { state: { enforce_2fa: true } },
      { valid: false, revoked: false, reason: 'two_factor_required', claims: CLAIMS },
    ],
  ])('describes %s', async (_name, input, expected) => {
    expect(await verify(input)).toEqual(expected);
  });

  it('does not find the grant of another token', async () => {
    const claims = { ...CLAIMS, jti: 'other' };
    expect(await verify({ claims })).toEqual({ valid: false, revoked: false, reason: 'unknown_token' });
  });
});
