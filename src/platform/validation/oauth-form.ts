import { type FieldError, validationFailed } from '../errors/index.js';

const oauthForms = new WeakSet<object>();

/**
 * Declares a form of OAuth 2.0 (RFC 6749, section 3.2): parameters without a value count as absent, unknown ones are ignored,
 * and repeated ones are refused.
 */
export function OAuthForm(): ClassDecorator {
  return (target) => void oauthForms.add(target);
}

export function isOAuthForm(requestClass: object | undefined): boolean {
  return requestClass !== undefined && oauthForms.has(requestClass);
}

/** Returns the parameters that have a value. Throws 400 naming the parameters that were given twice. */
export function readOAuthForm(form: object): object {
  const entries = Object.entries(form).filter(([, value]) => value !== '');
  const repeated = entries.filter(([, value]) => typeof value !== 'string');
  const toError = ([path]: [string, unknown]): FieldError => ({
    path,
    rule: 'distinct',
    message: 'must not be given twice',
  });
  if (repeated.length > 0) throw validationFailed(repeated.map(toError));
  return Object.fromEntries(entries);
}
