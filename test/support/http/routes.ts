import { RequestMethod, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { getAccessRequirement, type AccessRequirement } from '@/platform/access/access.js';
import type { TestApp } from '../app/test-app.js';

export interface DeclaredRoute {
  /** `POST /api/auth/register` */
  route: string;
  handler: string;
  access: AccessRequirement | undefined;
}

/** Returns all routes of all controllers, with the access that the handler declares. */
export function declaredRoutes({ nest: app }: TestApp): DeclaredRoute[] {
  const modules = [...app.get(ModulesContainer).values()];
  const controllers = modules.flatMap(({ controllers: own }) => [...own.values()]);
  return controllers.flatMap(({ metatype }) => listControllerRoutes(metatype as Type));
}

function listControllerRoutes(controller: Type): DeclaredRoute[] {
  const prototype = controller.prototype as Record<string, object>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name] as object;
    const path = Reflect.getMetadata('path', handler) as string | undefined;
    if (name === 'constructor' || path === undefined) return [];
    const method = RequestMethod[Reflect.getMetadata('method', handler) as number] ?? '';
    const prefix = Reflect.getMetadata('path', controller) as string;
    const route = `${method} /${[prefix, path].map(trimSlashes).filter(Boolean).join('/')}`;
    return [{ route, handler: `${controller.name}.${name}`, access: getAccessRequirement(handler) }];
  });
}

function trimSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}

/** Returns all routes of the HTTP server, also those without a controller; HEAD routes of GET routes are omitted. */
export function servedRoutes({ nest: app }: TestApp): string[] {
  const fastify = app.getHttpAdapter().getInstance() as unknown as {
    printRoutes: (options: object) => string;
  };
  const parents: string[] = [];
  return fastify
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^([│├└─ ]*)(\S+) \(([A-Z, ]+)\)/.exec(line) ?? [];
      if (!part) return [];
      const depth = indent.length / 4 - 1;
      parents.splice(depth, Infinity, part);
      const names = methods.split(', ').filter((method) => method !== 'HEAD');
      const path = parents.join('').replace(/([^/])\*$/, '$1/*'); // the printed tree has no slash before a wildcard
      return names.map((method) => `${method} ${path}`);
    });
}
