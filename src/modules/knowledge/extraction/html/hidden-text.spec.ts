import { extractHtml } from './extract-html.js';

const extract = (html: string) => extractHtml(new TextEncoder().encode(html));

describe('hidden text of a web page', () => {
  it.each([
    ['the hidden attribute', '<p hidden>secret</p>'],
    ['display', '<p style="display: none">secret</p>'],
    ['visibility', '<p style="visibility:hidden">secret</p>'],
    ['font size', '<p style="font-size:0px"><span style="font-size:2em">secret</span></p>'],
    ['opacity', '<p style="opacity:0.0">secret</p>'],
    ['a class rule', '<style>.x, .y { display: none }</style><p class="a x">secret</p>'],
    ['an id rule', '<style>@import "x"; #x{visibility:hidden}</style><p id=x>secret</p>'],
    ['white on white', '<p style="color:#fff">secret</p>'],
    ['its own background', '<p style="color:#123;background-color:rgb(17,34,51)">secret</p>'],
    ['old attributes', '<table bgcolor=000000><tr><td><font color=black>secret</font></table>'],
    ['transparent colour', '<p style="color:rgba(0,0,0,0)">secret</p>'],
    ['a far indent', '<p style="text-indent:-9999px">secret</p>'],
    ['a far position', '<p style="position:absolute;left:-9999px">secret</p>'],
    ['a closed dialog', '<dialog>secret</dialog>'],
  ])('is left out with a warning: %s', async (_name, html) => {
    const { text, warnings } = await extract(`<p>open</p>${html}`);
    expect(text).toBe('open');
    expect(warnings).toEqual(['hidden_text']);
  });

  it.each([
    ['shown again', '<p style="visibility:hidden"><span style="visibility:visible">seen</span></p>'],
    ['for screens only hidden from assistive technology', '<p aria-hidden=true>seen</p>'],
    ['hidden in print only', '<style>@media print { .x { display: none } }</style><p class=x>seen</p>'],
    ['shown by a later rule', '<style>.x{display:none}.x{display:block}</style><p class=x>seen</p>'],
    ['white on dark', '<div style="background:#000"><p style="color:white">seen</p></div>'],
    ['white on a picture', '<div style="background:url(dark.png)"><p style="color:white">seen</p></div>'],
    ['white where other style sheets decide', '<link rel=stylesheet href=x><p style="color:white">seen</p>'],
    ['found by search in the page', '<p hidden=until-found>seen</p>'],
    ['details', '<details><summary>seen</summary></details>'],
    ['a link in white text', '<div style="color:#fff"><a href=x>seen</a></div>'],
    ['a button with its own colours', '<div style="color:#fff"><button>seen</button></div>'],
    [
      'in a list without font size whose items have one',
      '<style>.l{font-size:0}.l > li{font-size:1rem}</style><ul class=l style="list-style:none"><li>seen</ul>',
    ],
    ['an open dialog', '<dialog open>seen</dialog>'],
  ])('is not what is %s', async (_name, html) => {
    const { text, warnings } = await extract(`<p>open</p>${html}`);
    expect(text).toBe('open\n\nseen');
    expect(warnings).toEqual([]);
  });

  it('is not the whole page that a script shows when it is loaded', async () => {
    const { text, warnings } = await extract(
      '<style>body{opacity:0}</style><body style="visibility:hidden">seen',
    );
    expect(text).toBe('seen');
    expect(warnings).toEqual([]);
  });

  it('removes zero-width characters', async () => {
    expect((await extract('<p>ig\u200bno\u2060re&shy;d</p>')).text).toBe('ignored');
  });
});
