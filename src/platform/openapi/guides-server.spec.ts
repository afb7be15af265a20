import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { serveGuides } from './guides-server.js';

describe('the server of the guides', () => {
  let root: string;
  let fastify: FastifyInstance;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'guides-'));
    await mkdir(join(root, 'adr'));
    for (const page of ['index', 'quickstart', '404', 'adr/0001-first'])
      await writeFile(join(root, `${page}.html`), `<title>${page}</title>`);
    fastify = Fastify({ routerOptions: { ignoreTrailingSlash: true } });
    fastify.setNotFoundHandler((_request, reply) => reply.status(404).send({ code: 'not_found' }));
    await serveGuides(fastify, root, '/prefix');
  });
  afterAll(async () => {
    await fastify.close();
    await rm(root, { recursive: true });
  });

  it.each([
    ['/docs/', 'index'],
    ['/docs/quickstart', 'quickstart'],
    ['/docs/quickstart.html', 'quickstart'],
    ['/docs/adr/0001-first', 'adr/0001-first'],
  ])('serves %s', async (url, page) => {
    const { statusCode, headers, body } = await fastify.inject(url);
    expect([statusCode, body]).toEqual([200, `<title>${page}</title>`]);
    expect(headers['content-type']).toContain('text/html');
  });

  it.each([
    ['/docs', '/prefix/docs/'],
    ['/docs/quickstart/', '/prefix/docs/quickstart'],
    ['/docs/quickstart/?from=search', '/prefix/docs/quickstart'],
    ['/docs/adr/0001-first/', '/prefix/docs/adr/0001-first'],
  ])('redirects %s to %s', async (url, location) => {
    expect(await fastify.inject(url)).toMatchObject({ statusCode: 302, headers: { location } });
  });

  it.each([
    '/docs/nowhere',
    '/docs/nowhere/',
    '/docs/adr/',
    '/docs/%2e%2e/%2e%2e/etc/passwd',
    '/docs/../package.json',
  ])('answers %s with an HTML page or outside of the guides', async (url) => {
    const { statusCode, body } = await fastify.inject(url);
    expect(statusCode).toBe(404);
    expect(body).toMatch(/<title>404<|not_found/);
  });

  it('keeps the errors of other addresses', async () => {
    expect((await fastify.inject('/nowhere')).json()).toEqual({ code: 'not_found' });
  });
});
