import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { networkOf } from '../kernel/network.js';

/** Who is calling, made once by the guard. Nothing below a controller reads the request. */
export interface Actor {
  via: 'session';
  userId: string;
  sessionId: string;
  /** When this session proved the password, and when a second factor; read from the session, not the token. */
  passwordAt: Date;
  secondFactorAt: Date | null;
}

/** Where a call comes from. */
export interface Client {
  ip: string;
  /** What counts as one caller for limits. */
  network: string;
  userAgent: string;
}

/** Resolves the credentials of a request to an actor; implemented by the auth module. */
export abstract class ActorResolver {
  /** Throws `token_invalid` when the credentials do not hold. */
  abstract resolve(request: FastifyRequest): Promise<Actor>;

  /** The same, but null when the request carries no credentials at all. */
  abstract resolveOptional(request: FastifyRequest): Promise<Actor | null>;
}

export interface ActorRequest extends FastifyRequest {
  actor?: Actor | null;
}

/** The actor of this request; on a `@Public()` route only when credentials were sent and asked for. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<ActorRequest>().actor ?? null,
);

const MAX_AGENT = 512;

export const FromClient = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const agent = request.headers['user-agent'] ?? '';
  return { ip: request.ip, network: networkOf(request.ip), userAgent: agent.slice(0, MAX_AGENT) };
});
