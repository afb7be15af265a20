interface PlainPage {
  title: string;
  /** HTML below the title. */
  content: string;
  /** CSS. */
  style: string;
  /** Allows the style in the Content-Security-Policy. */
  nonce: string;
}

/** Returns the HTML of a small built-in page. Escapes nothing: titles and contents are constants, or have no special characters. */
export function renderPlainPage({ title, content, style, nonce }: PlainPage): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style nonce="${nonce}">${style}</style>
<h1>${title}</h1>
${content}
</html>
`;
}
