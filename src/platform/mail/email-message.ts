/** A message in both formats. `html` has the same paragraphs as `text`. */
export interface RenderedEmail {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Further header fields, by name. */
  headers?: Record<string, string>;
}

export interface EmailMessage {
  to: string;
  subject: string;
  /** Paragraphs. A `link` or `code` is a paragraph of its own. */
  body: (string | { link: string } | { code: string })[];
  /** Switches such messages off by a POST request without a log-in (RFC 8058). The body should have a link as well. */
  unsubscribeUrl?: string;
  /** Seconds in which the message is useful, such as the lifetime of its code; by default three days. */
  validFor?: number;
  /** True: all is done but the delivery, so that the time of a response does not tell whether mail is sent. */
  discard?: boolean;
}

/** Renders a message as text and as HTML. All text is escaped, and there are no remote images. */
export function renderEmail({ to, subject, body, unsubscribeUrl }: EmailMessage): RenderedEmail {
  const text = body.map((part) => (typeof part === 'string' ? part : 'link' in part ? part.link : part.code));
  const html = body.map((part) => {
    if (typeof part === 'string') return `<p>${escapeHtml(part)}</p>`;
    if ('link' in part) return `<p><a href="${escapeHtml(part.link)}">${escapeHtml(part.link)}</a></p>`;
    return `<p style="font-size:1.6em;letter-spacing:.15em"><strong>${escapeHtml(part.code)}</strong></p>`;
  });
  return {
    to,
    subject,
    text: `${text.join('\n\n')}\n`,
    html: `<!doctype html><meta charset="utf-8">${html.join('\n')}`,
    ...(unsubscribeUrl === undefined ? {} : { headers: toUnsubscribeHeaders(unsubscribeUrl) }),
  };
}

function toUnsubscribeHeaders(url: string): Record<string, string> {
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? character);
}
