import type { GrantState } from './persistence/integration-grant.repository.js';

/** Why the token of a grant does not work now, `revoked` first; null while it does. */
export function flawOf(
  state: GrantState,
  now: Date,
): 'revoked' | 'expired' | 'suspended' | 'two_factor_required' | null {
  if (state.revoked_at) return 'revoked';
  if (state.valid_until <= now) return 'expired';
  if (!state.maker_stands) return 'suspended';
  if (state.enforce_2fa && !(state.second_factor && state.maker_has_factor)) return 'two_factor_required';
  return null;
}

export function stands(state: GrantState, now: Date): boolean {
  return flawOf(state, now) === null;
}
