import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { OrganizationId } from '../kernel/ids.js';
import { toNetwork } from '../kernel/network.js';
import type { Scope } from './scopes.js';

/** From the highest to the lowest. */
export const ROLES = ['owner', 'admin', 'team_manager', 'member'] as const;
export type Role = (typeof ROLES)[number];

/** What the caller is in the organization this request is about. */
export interface OrganizationRights {
  id: OrganizationId;
  role: Role;
}

interface BaseActor {
  userId: string;
  /** A session that proved a second factor, or a key that was made in one. */
  secondFactor: boolean;
  /** Made by the guard where a route is about one organization; see `OrganizationGate`. */
  organization?: OrganizationRights;
}

export interface SessionActor extends BaseActor {
  via: 'session';
  sessionId: string;
  /** When this session proved the password, and when a second factor; read from the session, not the token. */
  passwordAt: Date;
  secondFactorAt: Date | null;
}

/** An API key acts as the person who made it, inside one organization. */
export interface ApiKeyActor extends BaseActor {
  via: 'api_key';
  keyId: string;
  organizationId: OrganizationId;
  scopes: readonly Scope[];
}

/** Who is calling, made once by the guard. Nothing below a controller reads the request. */
export type Actor = SessionActor | ApiKeyActor;

/** An actor on a route that is about one organization. */
export type OrganizationActor = Actor & { organization: OrganizationRights };

/** Where a call comes from. */
export interface ClientInfo {
  ip: string;
  /** What counts as one caller for limits. */
  network: string;
  userAgent: string;
}

/** Resolves the access token of a request; implemented by the auth module. */
export abstract class AccessTokenResolver {
  /** Returns null when the request has no valid access token. */
  abstract resolve(context: ExecutionContext): Promise<SessionActor | null>;

  /** Whether the session behind an actor goes on, whatever has become of the token since. */
  abstract isStillValid(actor: SessionActor): Promise<boolean>;
}

/** Resolves the API key of a request; implemented by the api-keys module. */
export abstract class ApiKeyResolver {
  /** Null when the key does not hold. Throws 403 where it holds but may not be used like this. */
  abstract resolve(key: string, ip: string): Promise<ApiKeyActor | null>;
}

export interface RequestWithActor extends FastifyRequest {
  actor?: Actor | null;
}

/** The actor of this request; on a `@Public()` route only when credentials were sent and asked for. */
export const CurrentActor = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    context.switchToHttp().getRequest<RequestWithActor>().actor ?? null,
);

const MAX_USER_AGENT_LENGTH = 512;

export const CurrentClient = createParamDecorator((_: unknown, context: ExecutionContext): ClientInfo => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const userAgent = request.headers['user-agent'] ?? '';
  return {
    ip: request.ip,
    network: toNetwork(request.ip),
    userAgent: userAgent.slice(0, MAX_USER_AGENT_LENGTH),
  };
});
