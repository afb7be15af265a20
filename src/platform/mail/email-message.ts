/** A message to one person. `html` is made from the same paragraphs as `text`. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
}

export interface Letter {
  to: string;
  subject: string;
  /** Paragraphs; a `link` or `code` stands alone on its line. */
  body: (string | { link: string } | { code: string })[];
}

/** Renders a letter for clients with and without HTML. Everything is escaped; there are no remote images. */
export function render({ to, subject, body }: Letter): Mail {
  const text = body.map((part) => (typeof part === 'string' ? part : 'link' in part ? part.link : part.code));
  const html = body.map((part) => {
    if (typeof part === 'string') return `<p>${escape(part)}</p>`;
    if ('link' in part) return `<p><a href="${escape(part.link)}">${escape(part.link)}</a></p>`;
    return `<p style="font-size:1.6em;letter-spacing:.15em"><strong>${escape(part.code)}</strong></p>`;
  });
  return {
    to,
    subject,
    text: `${text.join('\n\n')}\n`,
    html: `<!doctype html><meta charset="utf-8">${html.join('\n')}`,
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
