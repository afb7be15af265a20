import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { platformErrors } from '../errors/index.js';
import { operationOf } from './operation-options.js';

const FORM = 'application/x-www-form-urlencoded';

/** A body comes in the one form its operation is documented with: a form for `consumes: 'form'`, else JSON. */
@Injectable()
export class ContentTypeGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const type = request.headers['content-type'];
    if (type === undefined || request.body === undefined) return true;
    const isForm = type.toLowerCase().startsWith(FORM);
    const wantsForm = operationOf(context.getHandler())?.consumes === 'form';
    if (isForm !== wantsForm) throw platformErrors.unsupported_media_type();
    return true;
  }
}
