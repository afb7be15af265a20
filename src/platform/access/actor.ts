import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { OrganizationId } from '../kernel/ids.js';
import { toNetwork } from '../kernel/network.js';
import type { Scope } from './scopes.js';

/** From the highest to the lowest. */
export const ROLES = ['owner', 'admin', 'team_manager', 'member'] as const;
export type Role = (typeof ROLES)[number];

/** Role of the user in the organization of the request. */
export interface OrganizationRights {
  id: OrganizationId;
  role: Role;
}

interface BaseActor {
  userId: string;
  /** True for a session with a verified second factor, and for an API key that was created in one. */
  secondFactor: boolean;
  /** Set by the guard on routes of one organization; see `OrganizationAuthorizer`. */
  organization?: OrganizationRights;
}

export interface SessionActor extends BaseActor {
  via: 'session';
  sessionId: string;
  /** When the session last verified the password, and a second factor. Read from the session row, not from the token. */
  passwordAt: Date;
  secondFactorAt: Date | null;
}

/** An API key acts as the user that created it, in one organization. */
export interface ApiKeyActor extends BaseActor {
  via: 'api_key';
  keyId: string;
  organizationId: OrganizationId;
  scopes: readonly Scope[];
}

/** The authenticated caller. The guard creates it; code below the controllers never reads the request. */
export type Actor = SessionActor | ApiKeyActor;

/** The actor on a route of one organization. */
export type OrganizationActor = Actor & { organization: OrganizationRights };

/** Network and user agent of the client. */
export interface ClientInfo {
  ip: string;
  /** Key of rate limits per client: see `toNetwork`. */
  network: string;
  userAgent: string;
}

/** Resolves the access token of a request; implemented by the auth module. */
export abstract class AccessTokenResolver {
  /** Returns null when the request has no valid access token. */
  abstract resolve(context: ExecutionContext): Promise<SessionActor | null>;

  /** Returns whether the session of an actor is still active. The access token may have expired. */
  abstract isStillValid(actor: SessionActor): Promise<boolean>;
}

/** Resolves the API key of a request; implemented by the api-keys module. */
export abstract class ApiKeyResolver {
  /** Returns null for an invalid key. Throws 403 when a valid key must not be used from this address or without a second factor. */
  abstract resolve(key: string, ip: string): Promise<ApiKeyActor | null>;

  /** Returns the ids of those keys that can still be used, in one query. */
  abstract listUsable(keyIds: readonly string[]): Promise<string[]>;
}

export interface RequestWithActor extends FastifyRequest {
  actor?: Actor | null;
}

/** Injects the actor of the request; null on a public route without valid credentials. */
export const CurrentActor = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    context.switchToHttp().getRequest<RequestWithActor>().actor ?? null,
);

const MAX_USER_AGENT_LENGTH = 512;

/** Injects the network and user agent of the client. */
export const CurrentClient = createParamDecorator((_: unknown, context: ExecutionContext): ClientInfo => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const userAgent = request.headers['user-agent'] ?? '';
  return {
    ip: request.ip,
    network: toNetwork(request.ip),
    userAgent: userAgent.slice(0, MAX_USER_AGENT_LENGTH),
  };
});
