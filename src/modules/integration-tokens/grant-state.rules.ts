import type { GrantState } from './persistence/integration-grant.repository.js';

/** Why the token of a grant does not work now, `revoked` first; null while it does. */
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

export function isValid(state: GrantState, now: Date): boolean {
  return invalidReason(state, now) === null;
}
