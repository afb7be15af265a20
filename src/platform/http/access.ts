import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import { platformErrors } from '../errors/index.js';
import { type ActorRequest, ActorResolver } from './actor.js';

/** Who may call an operation. `optional`: anybody, but credentials that are sent must hold. */
export type Access = 'public' | 'optional' | 'session';

const ACCESS = Symbol('access');

/** Anybody may call this. With `{ credentials: 'optional' }` a caller may also identify themselves. */
export function Public(options: { credentials?: 'optional' } = {}): MethodDecorator {
  const access: Access = options.credentials ?? 'public';
  return applyDecorators(
    SetMetadata(ACCESS, access),
    ApiExtension('x-permission', access === 'optional' ? 'public, or a signed-in user' : 'public'),
  );
}

/** Only a signed-in user may call this. */
export function Requires(access: 'session'): MethodDecorator {
  return applyDecorators(
    SetMetadata(ACCESS, access),
    ApiBearerAuth('bearer'),
    ApiExtension('x-permission', 'signed-in user'),
  );
}

export function accessOf(handler: object): Access | undefined {
  return Reflect.getMetadata(ACCESS, handler) as Access | undefined;
}

/** Closed by default: a route that declares no access is refused like one nobody may call. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly actors: ActorResolver,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ActorRequest>();
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    switch (access) {
      case 'public':
        return true;
      case 'optional':
        request.actor = await this.actors.resolveOptional(request);
        return true;
      case 'session':
        request.actor = await this.actors.resolve(request);
        return true;
      case undefined:
        throw platformErrors.not_found();
    }
  }
}
