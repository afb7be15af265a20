import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { platformErrors } from '../errors/index.js';
import { ApiExtension, documented } from '../openapi/lazy-decorators.js';
import type { Actor, ActorRequest } from './actor.js';
import { OPERATOR, OperatorGate } from './operator-authorizer.js';
import { OrganizationGate, type OrganizationRule, ruleRefusals } from './organization-authorizer.js';
import { Identities } from './request-authenticator.js';
import { covers, type Scope } from './scopes.js';

/**
 * Who may call an operation. `optional`: anybody, and credentials that hold are used. `session`: signed-in people
 * only. A scope: signed-in people, and API keys with that scope.
 */
export type Access = 'public' | 'optional' | 'session' | Scope;

export interface DeclaredAccess {
  access: Access;
  organization?: OrganizationRule;
  operator?: boolean;
}

const ACCESS = Symbol('access');

/** Anybody may call this. With `{ credentials: 'optional' }` a caller may also identify themselves. */
export function Public(options: { credentials?: 'optional' } = {}): MethodDecorator {
  const access: Access = options.credentials ?? 'public';
  return applyDecorators(
    SetMetadata(ACCESS, { access } satisfies DeclaredAccess),
    ApiExtension('x-permission', permissionOf({ access })),
  );
}

/**
 * Only a signed-in person, or also an API key with a scope; with a rule, only who has that right in the organization,
 * or only operators of the installation.
 */
export function Requires(
  access: 'session' | Scope,
  rule?: OrganizationRule | typeof OPERATOR,
): MethodDecorator {
  const declared: DeclaredAccess =
    rule === OPERATOR ? { access, operator: true } : { access, organization: rule };
  return applyDecorators(
    SetMetadata(ACCESS, declared),
    documented(({ ApiBearerAuth }) => ApiBearerAuth('bearer')),
    ...(access === 'session' ? [] : [documented(({ ApiSecurity }) => ApiSecurity('apiKey'))]),
    ApiExtension('x-permission', permissionOf(declared)),
    ApiExtension('x-refusals', refusalsOf(declared)),
  );
}

export function accessOf(handler: object): DeclaredAccess | undefined {
  return Reflect.getMetadata(ACCESS, handler) as DeclaredAccess | undefined;
}

/** The permission in words, as the API reference shows it. */
export function permissionOf({ access, organization, operator }: DeclaredAccess): string {
  if (access === 'public') return 'public';
  if (access === 'optional') return 'public, or a signed-in user';
  const who = access === 'session' ? 'signed-in user' : `signed-in user, or API key with ${access}`;
  if (operator) return `${who}; operators of the installation`;
  return organization ? `${who}; ${organization.may}: ${organization.roles.join(', ')}` : who;
}

/** Codes of the errors the guard answers for this access, for the API reference. */
function refusalsOf({ access, organization, operator }: DeclaredAccess): string[] {
  const ofKeys =
    access === 'session' ? ['bearer_required'] : ['insufficient_api_key_scope', 'ip_not_allowed'];
  if (operator) return [...ofKeys, platformErrors.operator_required.code];
  return organization ? [...ofKeys, ...ruleRefusals(organization)] : ofKeys;
}

/** Closed by default: a route that declares no access is refused like one nobody may call. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly identities: Identities,
    private readonly gate: OrganizationGate,
    private readonly operators: OperatorGate,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ActorRequest>();
    const declared = this.reflector.get<DeclaredAccess | undefined>(ACCESS, context.getHandler());
    if (!declared) throw platformErrors.not_found();
    const { access, organization, operator } = declared;
    if (access === 'public') return true;
    if (access === 'optional') {
      request.actor = await this.identities.bearer(request);
      return true;
    }
    request.actor = await this.identities.identify(request);
    if (!request.actor) throw platformErrors.token_invalid();
    assertMayCall(request.actor, access);
    if (operator) await this.operators.admit(request.actor);
    if (organization) request.actor = await this.gate.admit(request.actor, organization, request);
    return true;
  }
}

function assertMayCall(actor: Actor, access: 'session' | Scope): void {
  if (actor.via === 'session') return;
  if (access === 'session') throw platformErrors.bearer_required();
  if (covers(actor.scopes, access)) return;
  throw platformErrors.insufficient_api_key_scope({
    facts: { required_scope: access, granted_scopes: actor.scopes },
  });
}
