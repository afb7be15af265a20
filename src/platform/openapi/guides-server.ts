import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

const HTML = 'text/html; charset=utf-8';

/** Clients may cache the pages and ask whether they have changed. */
export const CACHE_CONTROL = 'public, max-age=0';

/** Serves the built guides in `root` at `/docs`. An unknown page is the 404 page of the guides. A page has no trailing slash. */
export async function serveGuides(fastify: FastifyInstance, root: string, basePath: string): Promise<void> {
  const notFoundPage = await readFile(join(root, '404.html'), 'utf8');
  await fastify.register(
    async (guides) => {
      guides.setNotFoundHandler(({ url }, reply: FastifyReply) => {
        const [, page] = /^\/docs\/([\w/-]+)\/(?:\?.*)?$/.exec(url) ?? [];
        if (page !== undefined && existsSync(join(root, `${page}.html`)))
          return reply.redirect(`${basePath}/docs/${page}`);
        return reply.status(404).type(HTML).send(notFoundPage);
      });
      await guides.register(fastifyStatic, {
        root,
        prefix: '/',
        decorateReply: false,
        redirect: false,
        extensions: ['html'],
        setHeaders: (response, path) => {
          if (path.includes('/assets/'))
            void response.header('Cache-Control', 'public, max-age=31536000, immutable');
        },
      });
    },
    { prefix: '/docs' },
  );
  // The relative links of the first page need the trailing slash, which routing ignores.
  fastify.get('/docs', async ({ url }, reply: FastifyReply) => {
    if (!/^\/docs\/(\?|$)/.test(url)) return reply.redirect(`${basePath}/docs/`);
    const page = await readFile(join(root, 'index.html'), 'utf8');
    return reply.type(HTML).header('Cache-Control', CACHE_CONTROL).send(page);
  });
}

/** The guides are built for `/docs/`. Replaces it in pages, scripts and styles when a proxy serves them below a path. */
export function addBasePathToPages(fastify: FastifyInstance, basePath: string): void {
  fastify.addHook('onSend', async (request, reply, payload) => {
    const type = String(reply.getHeader('content-type'));
    const isGuide = request.url.startsWith('/docs') && !request.url.startsWith('/docs/api');
    if (!isGuide || !/html|javascript|css/.test(type) || !payload) return payload;
    const source = payload instanceof Readable ? await text(payload) : String(payload as string);
    reply.removeHeader('content-length');
    return source.replace(/(?<=["'`(=])\/docs\/(?!api\/)/g, `${basePath}/docs/`);
  });
}

/** Searches the parent folders: the compiled file is deeper in the tree than the source file. */
export function findGuidesDirectory(): string | undefined {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (directory !== dirname(directory)) {
    const built = join(directory, 'docs', '.vitepress', 'dist');
    if (existsSync(join(built, 'index.html'))) return built;
    directory = dirname(directory);
  }
  return undefined;
}
