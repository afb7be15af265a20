import { renderPlainPage } from '@/platform/http/index.js';

const STYLE = `
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 15vh auto; padding: 0 1rem; color: #1c2330; }
  button { font: inherit; width: 100%; padding: .6rem .8rem; border: 0; border-radius: .4rem; background: #3448c5; color: #fff; cursor: pointer; }
  @media (prefers-color-scheme: dark) { body { background: #14171f; color: #e6e9ef; } }`;

/** Returns the page with the button. It sends the address of the page again, as a POST request. */
export function renderUnsubscribePage(nonce: string): string {
  return render(nonce, 'Switch reminders off', '<form method="post"><button>Switch off</button></form>');
}

export function renderUnsubscribedPage(nonce: string): string {
  return render(
    nonce,
    'Reminders are off',
    '<p>You get no more reminders. You can switch them on in your app.</p>',
  );
}

function render(nonce: string, title: string, content: string): string {
  return renderPlainPage({ nonce, title, content, style: STYLE });
}
