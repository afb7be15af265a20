import { ACCEPT_INVITATION_PAGE } from './accept-invitation-page.js';
import { RESET_PASSWORD_PAGE, renderLinkPage, VERIFY_EMAIL_PAGE } from './link-pages.js';

const PAGES = { VERIFY_EMAIL_PAGE, RESET_PASSWORD_PAGE, ACCEPT_INVITATION_PAGE };
const NONCE = 'bm9uY2U';

describe.each(Object.entries(PAGES))('%s', (_name, page) => {
  const html = renderLinkPage(page, NONCE);

  it('has exactly one script and one style, both with the nonce', () => {
    expect(html.match(/<script[^>]*>/g)).toEqual([`<script nonce="${NONCE}">`]);
    expect(html.match(/<style[^>]*>/g)).toEqual([`<style nonce="${NONCE}">`]);
    expect(html).not.toMatch(/ on\w+=| style=/); // the policy would block inline handlers and styles
  });

  it('loads nothing from other hosts', () => {
    expect(html).not.toMatch(/(src|href|action)=|https?:|\/\/\w/);
  });

  it('contains a script that parses', () => {
    const script = /<script[^>]*>([\s\S]*)<\/script>/.exec(html)?.[1] ?? '';
    expect(script.length).toBeGreaterThan(100);
    expect(() => new Function(script)).not.toThrow();
  });

  it('posts to a path of the XC API only', () => {
    expect(page.endpoint).toMatch(/^\/api\/v1\/[\w/-]+$/);
    expect(html).toContain(`data-endpoint="${page.endpoint}"`);
  });

  it('has a title, a button, a live region for messages and a hint without JavaScript', () => {
    expect(html).toContain(`<title>${page.title}</title>`);
    expect(html).toContain(`<button>${page.button}</button>`);
    expect(html).toContain('role="status"');
    expect(html).toContain('<noscript>');
  });
});

describe('renderLinkPage', () => {
  it('asks for a password only where one is needed, with the limits of the API', () => {
    expect(renderLinkPage(VERIFY_EMAIL_PAGE, NONCE)).not.toContain('type="password"');
    for (const page of [RESET_PASSWORD_PAGE, ACCEPT_INVITATION_PAGE])
      expect(renderLinkPage(page, NONCE)).toMatch(
        /type="password"[^>]*minlength="8" maxlength="128" required/,
      );
  });

  it('lets password managers tell a new password from an existing one', () => {
    expect(renderLinkPage(RESET_PASSWORD_PAGE, NONCE)).toContain('autocomplete="new-password"');
    expect(renderLinkPage(ACCEPT_INVITATION_PAGE, NONCE)).toContain('autocomplete="one-time-code"');
  });

  it('prefers the fields and the script of the page to the default ones', () => {
    const html = renderLinkPage({ ...RESET_PASSWORD_PAGE, fields: '<b>own</b>', script: 'own();' }, NONCE);
    expect(html).toContain('<b>own</b>');
    expect(html).toContain(`<script nonce="${NONCE}">own();</script>`);
    expect(html).not.toContain('New password');
  });
});
