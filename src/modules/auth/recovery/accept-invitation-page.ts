import { DESCRIBE_FUNCTION, type LinkPage } from './link-pages.js';

const FIELDS = `<p data-about></p>
  <label>Password <small>of your account with this address, or of your new account</small>
    <input name="password" type="password" autocomplete="current-password" minlength="8" maxlength="128" required autofocus></label>
  <label hidden>Code <small>from your authenticator app or e-mail, or a backup code</small>
    <input name="code" autocomplete="one-time-code" maxlength="64"></label>`;

/**
 * Creates an account with the password and accepts the invitation. If the account exists, logs in (with a code if
 * required), accepts the invitation as that user and logs out again.
 */
const SCRIPT = `${DESCRIBE_FUNCTION}
  const form = document.querySelector('form');
  const api = form.dataset.endpoint.replace('invitations/accept', '');
  const message = document.querySelector('[role=status]');
  const token = new URLSearchParams(location.search).get('token') ?? '';
  let email = '', temporary = null;

  async function call(path, body, bearer) {
    const headers = { 'Content-Type': 'application/json', ...(bearer ? { Authorization: 'Bearer ' + bearer } : {}) };
    const response = await fetch(api + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const answer = await response.json();
    if (response.ok) return answer;
    const detail = answer.detail;
    const text = typeof detail === 'string' ? detail : describe(detail);
    throw Object.assign(new Error(text), { code: answer.code });
  }

  async function login() {
    const path = temporary ? 'auth/verify-2fa' : 'auth/login';
    const proof = temporary
      ? { temp_token: temporary, code: form.code.value }
      : { email, password: form.password.value };
    const answer = await call(path, proof);
    if (answer.two_factor_setup_required)
      throw new Error('Your account must set up two-factor authentication first. Log in to your app, then open this link again.');
    temporary = answer.temp_token;
    form.code.parentElement.hidden = !temporary;
    return answer.access_token;
  }

  async function accept() {
    if (!temporary) {
      try {
        return await call('invitations/accept', { token, password: form.password.value });
      } catch (error) {
        if (error.code !== 'login_required') throw error;
      }
    }
    const bearer = await login();
    if (!bearer) return null;
    await call('invitations/accept', { token }, bearer);
    await call('auth/logout', {}, bearer);
    return {};
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    message.textContent = '';
    try {
      const accepted = await accept();
      if (accepted?.two_factor_setup_required)
        message.textContent = 'Your account is ready. Log in to your app to set up two-factor authentication.';
      else message.textContent = accepted ? 'You are a member now. Log in to your app.' : 'Enter your code.';
      if (accepted) form.remove();
    } catch (error) {
      message.textContent = error.code || !(error instanceof TypeError) ? error.message : 'The server cannot be reached. Try again.';
    }
    button.disabled = false;
  });

  fetch(api + 'invitations/validate?token=' + encodeURIComponent(token))
    .then((response) => response.json())
    .then((offer) => {
      email = offer.email;
      document.querySelector('[data-about]').textContent = offer.is_valid
        ? offer.organization_name + ' invites ' + offer.email + ' as ' + offer.role + '.'
        : 'This invitation is no longer valid. Request a new one.';
    });`;

export const ACCEPT_INVITATION_PAGE: LinkPage = {
  title: 'Accept the invitation',
  endpoint: '/api/v1/invitations/accept',
  button: 'Accept',
  fields: FIELDS,
  script: SCRIPT,
};
