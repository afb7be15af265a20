import { renderPlainPage } from '@/platform/http/index.js';

/**
 * A page for an e-mailed link. Opening it changes nothing, because mail scanners open links: only the button sends the
 * token to the API.
 */
export interface LinkPage {
  title: string;
  /** The path that receives the token in a POST request. */
  endpoint: string;
  button: string;
  asksForPassword?: boolean;
  /** The fields and the script, if the page needs more than one call. */
  fields?: string;
  script?: string;
}

export const VERIFY_EMAIL_PAGE: LinkPage = {
  title: 'Confirm your e-mail address',
  endpoint: '/api/v1/auth/verify-email',
  button: 'Confirm',
};

export const RESET_PASSWORD_PAGE: LinkPage = {
  title: 'Set a new password',
  endpoint: '/api/v1/auth/reset-password',
  button: 'Set password',
  asksForPassword: true,
};

export const REVERT_EMAIL_PAGE: LinkPage = {
  title: 'Restore your e-mail address',
  endpoint: '/api/v1/auth/revert-email',
  button: 'Restore',
};

const STYLE = `
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 15vh auto; padding: 0 1rem; color: #1c2330; }
  input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .6rem .8rem; margin: .4rem 0; border-radius: .4rem; }
  input { border: 1px solid #98a2b3; }
  button { border: 0; background: #3448c5; color: #fff; cursor: pointer; }
  button:disabled { background: #98a2b3; }
  @media (prefers-color-scheme: dark) { body { background: #14171f; color: #e6e9ef; } input { background: #1f2430; color: inherit; } }`;

/** Returns the text of a structured `detail`: of an error, or of each invalid field. */
export const DESCRIBE_FUNCTION = `
  const describe = (detail) => Array.isArray(detail)
    ? detail.map(({ loc, msg }) => loc[loc.length - 1] + ' ' + msg).join('; ')
    : [detail.message, detail.reason].filter(Boolean).join(' ');`;

const DEFAULT_SCRIPT = `${DESCRIBE_FUNCTION}
  const form = document.querySelector('form');
  const message = document.querySelector('[role=status]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    const body = { token: new URLSearchParams(location.search).get('token') ?? '' };
    if (form.password) body.password = form.password.value;
    try {
      const response = await fetch(form.dataset.endpoint, {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
      });
      const answer = await response.json();
      const detail = answer.detail;
      message.textContent = answer.message ?? describe(detail);
      if (response.ok) form.remove(); else button.disabled = false;
    } catch {
      message.textContent = 'The server cannot be reached. Try again.';
      button.disabled = false;
    }
  });`;

const PASSWORD_FIELD = `<label>New password
    <input name="password" type="password" autocomplete="new-password" minlength="8" maxlength="128" required autofocus></label>`;

/**
 * Returns the HTML of a page. `nonce` allows its style and script in the Content-Security-Policy. `basePath` is the path of
 * `PUBLIC_URL`, which a proxy removes.
 */
export function renderLinkPage(page: LinkPage, nonce: string, basePath = ''): string {
  const { title, endpoint, button, asksForPassword, script = DEFAULT_SCRIPT } = page;
  const { fields = asksForPassword ? PASSWORD_FIELD : '' } = page;
  const content = `<form data-endpoint="${basePath}${endpoint}">
  ${fields}
  <button>${button}</button>
</form>
<p role="status" aria-live="polite"></p>
<noscript>This page needs JavaScript.</noscript>
<script nonce="${nonce}">${script}</script>`;
  return renderPlainPage({ nonce, title, content, style: STYLE });
}
