import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import { invalidField, MAX_FIELD_ERRORS, platformErrors, validationFailed } from '../errors/index.js';
import { getOperationOptions } from '../openapi/operation-options.js';

const FORM_CONTENT_TYPE = 'application/x-www-form-urlencoded';

/**
 * Refuses a body in another content type than the documented one: a form for `consumes: 'form'`, else JSON. Refuses fields for an
 * operation without a body, so that nothing is ignored silently; `ignoresBody` accepts both.
 */
@Injectable()
export class ContentTypeGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const type = request.headers['content-type'];
    if (type === undefined) return true;
    const { consumes, ignoresBody } = getOperationOptions(context.getHandler()) ?? {};
    if (request.body === undefined || ignoresBody) return true;
    const isForm = type.toLowerCase().startsWith(FORM_CONTENT_TYPE);
    const wantsForm = consumes === 'form';
    if (isForm !== wantsForm) throw platformErrors.unsupported_media_type();
    if (!takesBody(context)) rejectBody(request.body);
    return true;
  }
}

const takesBodyByHandler = new WeakMap<object, boolean>();

/** Returns whether the handler has a `@Body()` parameter, from the metadata of Nest. */
function takesBody(context: ExecutionContext): boolean {
  const handler = context.getHandler();
  const cached = takesBodyByHandler.get(handler);
  if (cached !== undefined) return cached;
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), handler.name) as
    object | undefined;
  const takes = Object.keys(parameters ?? {}).some((key) => key.startsWith(`${RouteParamtypes.BODY}:`));
  takesBodyByHandler.set(handler, takes);
  return takes;
}

/** Refuses every body except an empty object. */
function rejectBody(body: unknown): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalidField('', 'object', 'must not have a body');
  const unknownFields = Object.keys(body).slice(0, MAX_FIELD_ERRORS);
  if (unknownFields.length === 0) return;
  throw validationFailed(
    unknownFields.map((path) => ({ path, rule: 'unknown_field', message: 'is not a known field' })),
  );
}
