import { existsSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { TestApp } from '../support/app/test-app.js';
import { givenUser } from '../support/auth/given-users.js';
import { expectStatus } from '../support/http/responses.js';

const PREFIX = '/xentree';
const GUIDES_ARE_BUILT = existsSync(join(__dirname, '../../docs/.vitepress/dist/index.html'));

/** A proxy that removes the prefix, and answers 404 without it. */
function startProxy(app: TestApp): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const { url = '', method, headers } = incoming;
    if (!url.startsWith(`${PREFIX}/`)) return outgoing.writeHead(404).end();
    const { port } = app.nest.getHttpServer().address() as AddressInfo;
    const forwarded = request({ port, method, headers, path: url.slice(PREFIX.length) }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

describe('a server below a path of its public URL', () => {
  let app: TestApp;
  let proxy: Server;
  let origin: string;

  beforeAll(async () => {
    app = await TestApp.start({ env: { PUBLIC_URL: `https://host.example${PREFIX}/` } });
    await app.nest.listen(0, '127.0.0.1');
    proxy = await startProxy(app);
    origin = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    const closed = new Promise((resolve) => proxy.close(resolve));
    proxy.closeAllConnections();
    (app.nest.getHttpServer() as Server).closeAllConnections();
    await closed;
    await app.stop();
  });

  const open = (path: string, options?: RequestInit): Promise<Response> =>
    fetch(new URL(path, origin), { redirect: 'manual', ...options });

  it('mails links with the path', async () => {
    const { email } = await givenUser(app);
    const [mail] = await app.mails(email);
    expect(mail?.text).toContain(`https://host.example${PREFIX}/verify-email?token=`);
  });

  it.each(['verify-email', 'reset-password', 'revert-email', 'accept-invitation'])(
    'has a page %s that posts below the path',
    async (page) => {
      const html = await (await open(`${PREFIX}/${page}?token=x`)).text();
      const endpoint = /data-endpoint="([^"]+)"/.exec(html)?.[1] ?? '';
      expect(endpoint).toMatch(new RegExp(`^${PREFIX}/api/v1/`));
      const body = JSON.stringify({ token: 'x', password: 'otters juggle nine lanterns' });
      const headers = { 'content-type': 'application/json' };
      const { status } = await open(endpoint, { method: 'POST', headers, body });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).not.toBe(404);
      expect(html).not.toMatch(/["'(]\/api\//);
    },
  );

  it('has next pages below the path', async () => {
    const { accessToken: token } = await givenUser(app);
    for (const title of ['A', 'B', 'C'])
      await expectStatus(201, app.post('/api/core/conversations', { title }, { token }));
    const headers = { authorization: `Bearer ${token}` };
    const seen: string[] = [];
    let path: string | undefined = `${PREFIX}/api/core/conversations?limit=1`;
    while (path) {
      const response: Response = await open(path, { headers });
      seen.push(...((await response.json()) as { title: string }[]).map(({ title }) => title));
      path = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
      if (path) expect(path).toMatch(new RegExp(`^${PREFIX}/api/core/conversations\\?`));
    }
    expect(seen).toEqual(['C', 'B', 'A']);
  });

  it('documents the path', async () => {
    const document = (await (await open(`${PREFIX}/openapi.json`)).json()) as { servers: unknown };
    expect(document.servers).toEqual([{ url: `https://host.example${PREFIX}` }]);
    const page = await (await open(`${PREFIX}/docs/api`)).text();
    for (const [, address = ''] of page.matchAll(/(?:src|href)="([^"]+)"|url: '([^']+)'/g))
      if (address && (GUIDES_ARE_BUILT || !address.endsWith('icon.svg')))
        expect([address, (await open(address)).status]).toEqual([address, 200]);
    expect(page).toContain(`url: '${PREFIX}/openapi.json'`);
  });

  (GUIDES_ARE_BUILT ? it : it.skip)(
    'has guides whose links, scripts and styles are below the path',
    async () => {
      const redirect = await open(`${PREFIX}/docs`);
      expect(redirect.headers.get('location')).toBe(`${PREFIX}/docs/`);
      for (const page of ['', 'quickstart']) {
        const html = await (await open(`${PREFIX}/docs/${page}`)).text();
        const addresses = [...html.matchAll(/(?:src|href)="(\/[^"#]*)/g)].map(([, address = '']) => address);
        expect(addresses.length).toBeGreaterThan(5);
        for (const address of new Set(addresses))
          expect([address, (await open(address)).status]).toEqual([address, 200]);
        const script = addresses.find((address) => /\/app\..*\.js$/.test(address)) ?? '';
        expect(await (await open(script)).text()).not.toMatch(/["'`]\/docs\//);
      }
    },
  );
});
