import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Config } from '../config/index.js';
import { addBasePathToPages, CACHE_CONTROL, findGuidesDirectory, serveGuides } from './guides-server.js';
import { createOpenApiDocument } from './openapi-document.js';
import { renderSwaggerPage } from './swagger-page.js';

/** The pages load scripts and styles; the theme of the guides has inline ones. */
const PAGE_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "font-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** Serves Swagger UI at `/docs/api`, the document at `/openapi.json`, and the built guides at `/docs`, where `/` leads. */
export async function serveDocs(
  app: NestFastifyApplication,
  fastify: FastifyInstance,
  { publicUrl, basePath }: Config,
): Promise<void> {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.url.startsWith('/docs')) void reply.header('Content-Security-Policy', PAGE_POLICY);
    done();
  });
  if (basePath) addBasePathToPages(fastify, basePath);
  serveApiReference(app, fastify, { publicUrl, basePath });
  await serveDirectory(fastify, findSwaggerUiDirectory(), '/docs/api/');
  const guidesDirectory = findGuidesDirectory();
  if (guidesDirectory) await serveGuides(fastify, guidesDirectory, basePath);
  const home = `${basePath}/docs/${guidesDirectory ? '' : 'api'}`;
  fastify.get('/', async (_request, reply: FastifyReply) => reply.redirect(home));
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
