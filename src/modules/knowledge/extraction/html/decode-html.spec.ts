import { decodeHtml } from './decode-html.js';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('the encoding of a web page', () => {
  it.each([
    ['UTF-8', Buffer.from('<p>naïve €'), '<p>naïve €'],
    ['a byte order mark of UTF-8', Buffer.from('\ufeff<p>é'), '<p>é'],
    ['a byte order mark of UTF-16', Buffer.from('\ufeff<p>é', 'utf16le'), '<p>é'],
    ['windows-1252 without a declaration', latin1('<p>\x93na\xefve\x94 \x80'), '<p>“naïve” €'],
    ['the declared encoding', latin1('<meta charset=iso-8859-2><p>\xb3\xf3d\xbc'), 'łódź'],
    ['UTF-8 although another is declared', Buffer.from('<meta charset="iso-8859-1"><p>é'), '<p>é'],
    ['a declaration of UTF-16 in ASCII', Buffer.from('<meta charset=utf-16><p>a'), '<p>a'],
    ['an XML declaration', latin1('<?xml version="1.0" encoding="windows-1251"?><p>\xcc\xe8\xf0'), '<p>Мир'],
    ['ISO-2022-JP, whose bytes are ASCII', latin1('<meta charset=iso-2022-jp><p>\x1b$B8@\x1b(B'), '<p>言'],
  ])('is %s', (_name, bytes, text) => {
    const { html, replaced } = decodeHtml(bytes);
    expect(html.endsWith(text)).toBe(true);
    expect(replaced).toBe(false);
  });

  it('reports bytes that are no text', () => {
    expect(decodeHtml(latin1('<meta charset=utf-8><p>a\xffb'))).toEqual({
      html: '<meta charset=utf-8><p>a\ufffdb',
      replaced: true,
    });
  });
});
