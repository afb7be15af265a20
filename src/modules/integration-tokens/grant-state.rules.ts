import type { GrantState } from './persistence/integration-grant.repository.js';

/**
 * Returns why the token of a grant is invalid at `now`, or null while it is valid. A revoked token is `revoked`
 * whatever else applies; `suspended` means that the creator has left, is inactive or has reset the password since.
 */
export function invalidReason(
  state: GrantState,
  now: Date,
): 'revoked' | 'expired' | 'suspended' | 'two_factor_required' | null {
  if (state.revoked_at) return 'revoked';
  if (state.valid_until <= now) return 'expired';
  if (!state.creator_is_active) return 'suspended';
  if (state.enforce_2fa && !(state.second_factor && state.creator_has_second_factor))
    return 'two_factor_required';
  return null;
}
