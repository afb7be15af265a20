import { renderPlainPage } from '@/platform/http/index.js';

const STYLE = `
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 30rem; margin: 15vh auto; padding: 0 1rem; color: #1c2330; }
  code { display: block; padding: .6rem .8rem; background: #eef0f4; border-radius: .4rem; overflow-wrap: anywhere; }
  @media (prefers-color-scheme: dark) { body { background: #14171f; color: #e6e9ef; } code { background: #1f2430; } }`;

/** Returns the Content-Security-Policy of the page: it runs nothing and sends nothing. */
export function callbackPagePolicy(nonce: string): string {
  return `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`;
}

/** Returns the page for clients without a return URL. A completion has no characters that HTML escapes. */
export function renderCallbackPage(nonce: string, completion: string | null): string {
  const [title, content] =
    completion === null
      ? ['Not connected', '<p>Google did not grant access to the calendar. You can close this page.</p>']
      : [
          'Almost connected',
          `<p>Give this code to the app that asked for your calendar. It is valid for 5 minutes and works once.</p>
<code>${completion}</code>`,
        ];
  return renderPlainPage({ nonce, title, content, style: STYLE });
}
