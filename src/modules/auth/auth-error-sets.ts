import { platformErrors } from '@/platform/errors/index.js';
import { userErrors } from '../users/index.js';
import { authErrors as errors } from './auth.errors.js';

/** Errors that several operations have in common, for the API reference. */
export const REGISTER_ERRORS = [
  userErrors.email_taken,
  errors.password_too_weak,
  errors.captcha_failed,
  errors.registration_closed,
  errors.registration_invite_only,
  platformErrors.too_many_attempts,
  platformErrors.overloaded,
];

export const LOGIN_ERRORS = [
  errors.credentials_invalid,
  errors.account_disabled,
  errors.password_change_required,
  platformErrors.too_many_attempts,
  platformErrors.overloaded,
];

export const SECOND_FACTOR_ERRORS = [
  platformErrors.token_invalid,
  errors.two_factor_code_invalid,
  platformErrors.too_many_attempts,
];

export const MAIL_ERRORS = [platformErrors.too_many_attempts, platformErrors.mail_not_configured];
