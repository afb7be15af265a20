import fc from 'fast-check';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { invalidReason } from './grant-state.rules.js';
import type { GrantState } from './persistence/integration-grant.repository.js';

const END = new Date('2026-05-01T12:00:00.000Z');
const BEFORE_END = new Date(END.getTime() - 1);
const VALID: GrantState = {
  jti: 'jti',
  organization_id: 'acme' as OrganizationId,
  created_by: 'ada',
  kid: 'kid',
  mode: 'embed',
  origin: 'https://a.example',
  scopes: ['live:use'],
  second_factor: true,
  issued_at: new Date('2026-05-01T11:58:00.000Z'),
  valid_until: END,
  revoked_at: null,
  revoked_by: null,
  reason: null,
  expires_at: new Date('2026-06-01T12:00:00.000Z'),
  creator_is_active: true,
  enforce_2fa: true,
  creator_has_second_factor: true,
};
const REVOKED = { revoked_at: new Date('2026-05-01T11:59:00.000Z') };

describe('the reason why a grant is invalid', () => {
  it.each<[string, Partial<GrantState>, string | null]>([
    ['absent for a valid grant', {}, null],
    ['its revocation', REVOKED, 'revoked'],
    ['a revocation in the future of the clock', { revoked_at: END }, 'revoked'],
    ['a creator who is not active', { creator_is_active: false }, 'suspended'],
    ['a grant without a second factor', { second_factor: false }, 'two_factor_required'],
    ['a creator without a second factor', { creator_has_second_factor: false }, 'two_factor_required'],
    [
      'absent without enforcement',
      { enforce_2fa: false, second_factor: false, creator_has_second_factor: false },
      null,
    ],
  ])('is %s', (_name, changes, reason) => {
    expect(invalidReason({ ...VALID, ...changes }, BEFORE_END)).toBe(reason);
  });

  it.each([
    [-1, null],
    [0, 'expired'],
    [1, 'expired'],
    [86_400_000, 'expired'],
  ])('is the expiry from the last instant on: %d ms after it, %s', (offset, reason) => {
    expect(invalidReason(VALID, new Date(END.getTime() + offset))).toBe(reason);
  });

  it('is the most definite one when several apply', () => {
    const suspended = { creator_is_active: false, second_factor: false };
    expect(invalidReason({ ...VALID, ...suspended }, BEFORE_END)).toBe('suspended');
    expect(invalidReason({ ...VALID, ...suspended }, END)).toBe('expired');
    expect(invalidReason({ ...VALID, ...suspended, ...REVOKED }, END)).toBe('revoked');
  });

  it('is absent only when nothing speaks against the grant', () => {
    const state = fc.record({
      creator_is_active: fc.boolean(),
      enforce_2fa: fc.boolean(),
      second_factor: fc.boolean(),
      creator_has_second_factor: fc.boolean(),
      revoked_at: fc.option(fc.constant(BEFORE_END)),
    });
    fc.assert(
      fc.property(state, fc.integer({ min: -2, max: 2 }), (changes, offset) => {
        const factorOk = !changes.enforce_2fa || (changes.second_factor && changes.creator_has_second_factor);
        const valid = !changes.revoked_at && offset < 0 && changes.creator_is_active && factorOk;
        const reason = invalidReason({ ...VALID, ...changes }, new Date(END.getTime() + offset));
        expect(reason === null).toBe(valid);
      }),
    );
  });
});
