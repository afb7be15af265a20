import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Config } from '../config/index.js';
import { createOpenApiDocument } from './openapi-document.js';
import { renderSwaggerPage } from './swagger-page.js';

/** The pages load scripts and styles; the theme of the guides has inline ones. */
const PAGE_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "font-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** Clients may cache these pages and ask whether they have changed. */
const CACHE_CONTROL = 'public, max-age=0';

/** Serves Swagger UI at `/docs/api`, the document at `/openapi.json`, and the built guides at `/docs`. */
export async function serveDocs(
  app: NestFastifyApplication,
  fastify: FastifyInstance,
  { publicUrl, basePath }: Config,
): Promise<void> {
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    if (request.url.startsWith('/docs')) void reply.header('Content-Security-Policy', PAGE_POLICY);
    done();
  });
  if (basePath) addBasePathToPages(fastify, basePath);
  serveApiReference(app, fastify, { publicUrl, basePath });
  await serveDirectory(fastify, findSwaggerUiDirectory(), '/docs/api/');
  const guidesDirectory = findGuidesDirectory();
  if (guidesDirectory) await serveGuides(fastify, guidesDirectory, basePath);
}

/** Builds the document at the first request, and caches it. */
function serveApiReference(
  app: NestFastifyApplication,
  fastify: FastifyInstance,
  { publicUrl, basePath }: Pick<Config, 'publicUrl' | 'basePath'>,
): void {
  let document: Promise<string> | undefined;
  const buildDocument = async (): Promise<string> =>
    JSON.stringify(createOpenApiDocument(app, await import('@nestjs/swagger'), publicUrl));
  fastify.get('/openapi.json', async (_request, reply: FastifyReply) => {
    document ??= buildDocument();
    return reply
      .type('application/json; charset=utf-8')
      .header('Cache-Control', CACHE_CONTROL)
      .send(await document);
  });
  fastify.get('/docs/api', async (_request, reply: FastifyReply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('Cache-Control', CACHE_CONTROL)
      .send(renderSwaggerPage(basePath)),
  );
}

function findSwaggerUiDirectory(): string {
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
}

async function serveDirectory(fastify: FastifyInstance, root: string, prefix: string): Promise<void> {
  await fastify.register(fastifyStatic, {
    root,
    prefix,
    decorateReply: false,
    redirect: false,
    index: false,
  });
}

async function serveGuides(fastify: FastifyInstance, root: string, basePath: string): Promise<void> {
  await fastify.register(fastifyStatic, {
    root,
    prefix: '/docs/',
    decorateReply: false,
    redirect: false,
    extensions: ['html'],
    setHeaders: (response, path) => {
      if (path.includes('/assets/'))
        void response.header('Cache-Control', 'public, max-age=31536000, immutable');
    },
  });
  // The relative links of the first page need the trailing slash, which routing ignores.
  fastify.get('/docs', async ({ url }, reply: FastifyReply) => {
    if (!/^\/docs\/(\?|$)/.test(url)) return reply.redirect(`${basePath}/docs/`);
    const page = await readFile(join(root, 'index.html'), 'utf8');
    return reply.type('text/html; charset=utf-8').header('Cache-Control', CACHE_CONTROL).send(page);
  });
}

/** The guides are built for `/docs/`. Replaces it in pages, scripts and styles when a proxy serves them below a path. */
function addBasePathToPages(fastify: FastifyInstance, basePath: string): void {
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
function findGuidesDirectory(): string | undefined {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (directory !== dirname(directory)) {
    const built = join(directory, 'docs', '.vitepress', 'dist');
    if (existsSync(join(built, 'index.html'))) return built;
    directory = dirname(directory);
  }
  return undefined;
}
