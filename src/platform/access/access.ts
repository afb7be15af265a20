import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { requestContext } from '../context/index.js';
import { platformErrors } from '../errors/index.js';
import { ApiExtension, deferSwagger } from '../openapi/lazy-decorators.js';
import type { Actor, RequestWithActor } from './actor.js';
import { OPERATOR, OperatorAuthorizer } from './operator-authorizer.js';
import {
  OrganizationAuthorizer,
  type OrganizationRequirement,
  organizationErrorCodes,
  organizationErrorKinds,
} from './organization-authorizer.js';
import { readBearerToken, RequestAuthenticator } from './request-authenticator.js';
import { hasScope, type Scope } from './scopes.js';

/**
 * Access level of an operation. `public`: every client. `optional`: every client, and a valid access token is used.
 * `session`: signed-in users. A scope: signed-in users, and API keys with that scope.
 */
export type Access = 'public' | 'optional' | 'session' | Scope;

export interface AccessRequirement {
  access: Access;
  organization?: OrganizationRequirement;
  operator?: boolean;
}

const ACCESS_METADATA = Symbol('access');
const OTHER_BEARER_TOKENS = Symbol('other bearer tokens');
const QUERY_CREDENTIALS = Symbol('query-credentials');

/** Declares an operation that needs no credentials. With `{ credentials: 'optional' }`, a valid access token is used. */
export function Public(options: { credentials?: 'optional' } = {}): MethodDecorator {
  const access: Access = options.credentials ?? 'public';
  const isOptional = access === 'optional';
  return applyDecorators(
    SetMetadata(ACCESS_METADATA, { access } satisfies AccessRequirement),
    // `security: [{}, { bearer: [] }]`: no credentials, or an access token.
    ...(isOptional ? [deferSwagger(({ ApiSecurity }) => ApiSecurity({}))] : []),
    ...(isOptional ? [deferSwagger(({ ApiBearerAuth }) => ApiBearerAuth('bearer'))] : []),
    ApiExtension('x-permission', describePermission({ access })),
  );
}

/**
 * Declares an operation for signed-in users, or also for API keys with a scope. With an organization requirement, the user
 * needs that permission in the organization. With `OPERATOR`, the user must be an operator of the installation.
 */
export function Requires(
  access: 'session' | Scope,
  organizationOrOperator?: OrganizationRequirement | typeof OPERATOR,
): MethodDecorator {
  const requirement: AccessRequirement =
    organizationOrOperator === OPERATOR
      ? { access, operator: true }
      : { access, organization: organizationOrOperator };
  return applyDecorators(
    SetMetadata(ACCESS_METADATA, requirement),
    deferSwagger(({ ApiBearerAuth }) => ApiBearerAuth('bearer')),
    ...(access === 'session' ? [] : [deferSwagger(({ ApiSecurity }) => ApiSecurity('apiKey'))]),
    ApiExtension('x-permission', describePermission(requirement)),
    ApiExtension('x-access-errors', accessErrorCodes(requirement)),
    ApiExtension(
      'x-error-kinds',
      requirement.organization ? organizationErrorKinds(requirement.organization) : {},
    ),
  );
}

/**
 * Declares query parameters that carry other credentials, for clients that cannot send headers. With one of them the guard lets the
 * request pass without an actor, and the operation itself judges the credentials.
 */
export function AcceptsCredentialsInQuery(...parameters: string[]): MethodDecorator {
  return SetMetadata(QUERY_CREDENTIALS, parameters);
}

/**
 * Declares that the bearer token can be another credential than an access token. With such a token the guard lets the request pass
 * without an actor, and the operation itself judges it; see `BearerToken`.
 */
export function AcceptsOtherBearerTokens(): MethodDecorator {
  return SetMetadata(OTHER_BEARER_TOKENS, true);
}

export function getAccessRequirement(handler: object): AccessRequirement | undefined {
  return Reflect.getMetadata(ACCESS_METADATA, handler) as AccessRequirement | undefined;
}

/** Returns the text of `x-permission` in the API reference. */
export function describePermission({ access, organization, operator }: AccessRequirement): string {
  if (access === 'public') return 'public';
  if (access === 'optional') return 'public, or a signed-in user';
  const caller = access === 'session' ? 'signed-in user' : `signed-in user, or API key with ${access}`;
  if (operator) return `${caller}; operators of the installation`;
  return organization ? `${caller}; ${organization.permission}: ${organization.roles.join(', ')}` : caller;
}

/** Returns the codes of all errors that the guard can throw for this requirement. */
function accessErrorCodes({ access, organization, operator }: AccessRequirement): string[] {
  const apiKeyCodes =
    access === 'session' ? ['bearer_required'] : ['insufficient_api_key_scope', 'ip_not_allowed'];
  if (operator) return [...apiKeyCodes, platformErrors.operator_required.code];
  return organization ? [...apiKeyCodes, ...organizationErrorCodes(organization)] : apiKeyCodes;
}

/** Authenticates and authorizes every request. A route without `@Public` or `@Requires` is refused with 404. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: RequestAuthenticator,
    private readonly organizations: OrganizationAuthorizer,
    private readonly operators: OperatorAuthorizer,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<RequestWithActor>();
    const requirement = this.reflector.get<AccessRequirement | undefined>(
      ACCESS_METADATA,
      context.getHandler(),
    );
    if (!requirement) throw platformErrors.not_found();
    const { access, organization, operator } = requirement;
    if (access === 'public') return true;
    if (this.hasCredentialsInQuery(context, request)) return true;
    if (access === 'optional') {
      request.actor = await this.authenticator.authenticateAccessToken(context);
      if (request.actor) requestContext.setUser(request.actor.userId);
      return true;
    }
    request.actor = await this.authenticator.authenticate(context);
    if (!request.actor && this.acceptsBearerOf(context, request)) return true;
    if (!request.actor) throw platformErrors.token_invalid();
    requestContext.setUser(request.actor.userId);
    assertCredentialAllowed(request.actor, access);
    if (operator) await this.operators.authorize(request.actor);
    if (organization)
      request.actor = await this.organizations.authorize(request.actor, organization, request);
    return true;
  }

  private acceptsBearerOf(context: ExecutionContext, request: RequestWithActor): boolean {
    const accepts = this.reflector.get<true | undefined>(OTHER_BEARER_TOKENS, context.getHandler());
    return accepts === true && readBearerToken(request) !== undefined;
  }

  private hasCredentialsInQuery(context: ExecutionContext, { query }: RequestWithActor): boolean {
    const parameters = this.reflector.get<string[] | undefined>(QUERY_CREDENTIALS, context.getHandler());
    return parameters?.some((name) => Object.hasOwn(query as object, name)) ?? false;
  }
}

function assertCredentialAllowed(actor: Actor, access: 'session' | Scope): void {
  if (actor.via === 'session') return;
  if (access === 'session') throw platformErrors.bearer_required();
  requireScope(actor, access);
}

/** Throws `insufficient_api_key_scope` for an API key without the scope; for what a request reads beside its own subject. */
export function requireScope(actor: Actor, scope: Scope): void {
  if (actor.via === 'session' || hasScope(actor.scopes, scope)) return;
  throw platformErrors.insufficient_api_key_scope({
    data: { required_scope: scope, granted_scopes: actor.scopes },
  });
}
