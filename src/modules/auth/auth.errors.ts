import { defineErrors } from '@/platform/errors/index.js';

export const authErrors = defineErrors({
  credentials_invalid: { kind: 'unauthenticated', message: 'Invalid email or password', plain: true },
  account_disabled: { kind: 'unauthenticated', message: 'Account is disabled', plain: true },
  unsupported_grant_type: { kind: 'invalid', message: 'This grant type is not supported.' },
  two_factor_code_invalid: { kind: 'unauthenticated', message: 'Invalid code', plain: true },
  two_factor_setup_required: {
    kind: 'forbidden',
    message: 'Your organization requires two-factor authentication. Set it up to finish the login.',
  },
  two_factor_already_enabled: {
    kind: 'conflict',
    message: 'Two-factor authentication is already on. Step up before you replace the factor.',
  },
  two_factor_not_enabled: { kind: 'conflict', message: 'Two-factor authentication is not on.' },
  two_factor_setup_missing: {
    kind: 'conflict',
    message: 'No two-factor setup is waiting for confirmation. Start the setup again.',
  },
  two_factor_method_mismatch: {
    kind: 'invalid',
    message: 'Your codes come from your authenticator app, not by e-mail.',
  },
  two_factor_enforced: {
    kind: 'forbidden',
    message: 'Your organization requires two-factor authentication.',
  },
  reauthentication_required: { kind: 'forbidden', message: 'Enter your password to do this.' },
  password_incorrect: { kind: 'forbidden', message: 'The password is not correct.' },
  password_too_weak: {
    kind: 'invalid',
    message: 'This password is too easy to guess.',
    facts: { reason: 'Use a longer phrase of uncommon words.' },
  },
  link_invalid: { kind: 'invalid', message: 'This link has expired or was already used. Request a new one.' },
  registration_closed: { kind: 'forbidden', message: 'Registration is closed.' },
  registration_invite_only: { kind: 'forbidden', message: 'Registration requires an invitation.' },
  captcha_failed: { kind: 'invalid', message: 'The captcha was not solved. Try again.' },
  password_change_required: {
    kind: 'forbidden',
    message: 'Your password was set by an administrator. Choose a new one with this reset_token to log in.',
    facts: { reset_token: 'VqT3mYx0R4…' },
  },
  not_home_organization: {
    kind: 'forbidden',
    message:
      'Only administrators of the organization that created this account may do this, and some changes only after its user has accepted it.',
  },
  account_accepted: { kind: 'conflict', message: 'The user has already accepted this account.' },
  login_required: {
    kind: 'conflict',
    message: 'An account with this e-mail address exists. Log in to accept the invitation.',
  },
  session_not_found: { kind: 'not_found', message: 'Session not found.' },
});
