import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ErrorFactory } from '../errors/index.js';
import { isId } from '../kernel/ids.js';

interface PathIdOptions {
  name: string;
  notFound: ErrorFactory;
}

const PathIdParam = createParamDecorator(
  ({ name, notFound }: PathIdOptions, context: ExecutionContext): string => {
    const { params } = context
      .switchToHttp()
      .getRequest<FastifyRequest<{ Params: Record<string, string> }>>();
    const id = params[name] ?? '';
    if (!isId(id)) throw notFound();
    return id.toLowerCase();
  },
);

/** Injects an id of the path in lower case. Throws `notFound` for a malformed id, as for one that does not exist. */
export function PathId(name: string, notFound: ErrorFactory): ParameterDecorator {
  return PathIdParam({ name, notFound });
}
