import { Body as NestBody, Query as NestQuery } from '@nestjs/common';
import { RequestPipe } from './request-pipe.js';

/*
 * The pipe is bound to these parameters. Nest would run a pipe of all routes for every injected value of a request, and make
 * several promises for each.
 */

/** Injects the body, converted to its request class and validated. */
export function Body(): ParameterDecorator {
  return NestBody(RequestPipe);
}

/** Injects the query, converted to its request class and validated; or one unchecked parameter of it. */
export function Query(name?: string): ParameterDecorator {
  return name === undefined ? NestQuery(RequestPipe) : NestQuery(name);
}
