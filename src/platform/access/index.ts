export {
  AcceptsCredentialsInQuery,
  AcceptsOtherBearerTokens,
  type Access,
  Public,
  requireScope,
  Requires,
} from './access.js';
export {
  AccessTokenResolver,
  type Actor,
  type ApiKeyActor,
  ApiKeyResolver,
  type ClientInfo,
  CurrentActor,
  CurrentClient,
  type OrganizationActor,
  type OrganizationRights,
  type Role,
  ROLES,
  type SessionActor,
} from './actor.js';
export { OPERATOR, OperatorAuthorizer } from './operator-authorizer.js';
export {
  OrganizationAuthorizer,
  organizationErrorKinds,
  type OrganizationRequirement,
} from './organization-authorizer.js';
export { BearerToken, RequestAuthenticator } from './request-authenticator.js';
export { hasScope, isReadScope, type Scope, SCOPES } from './scopes.js';
