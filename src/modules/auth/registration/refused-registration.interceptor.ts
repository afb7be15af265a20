import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { toAppError } from '@/platform/errors/index.js';
import { HOUR } from '@/platform/kernel/durations.js';
import { toNetwork } from '@/platform/kernel/network.js';
import { type RateLimitPolicy, RateLimiter, type RateLimitReservation } from '@/platform/limits/index.js';

const REFUSED_REGISTRATION_LIMIT: RateLimitPolicy = { name: 'register-refused', limit: 120, window: HOUR };

/** Limits the registrations of a network that the server refuses. The window is checked before the fields are validated. */
@Injectable()
export class RefusedRegistrationInterceptor implements NestInterceptor {
  constructor(private readonly limiter: RateLimiter) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const network = toNetwork(context.switchToHttp().getRequest<FastifyRequest>().ip);
    const reservations = await this.limiter.reserve({ policy: REFUSED_REGISTRATION_LIMIT, key: [network] });
    return of(await this.runCounted(next, reservations));
  }

  private async runCounted(next: CallHandler, reservations: RateLimitReservation[]): Promise<unknown> {
    try {
      const result: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      await this.limiter.release(reservations);
      return result;
    } catch (error) {
      if (!isRefusal(error)) await this.limiter.release(reservations);
      throw error;
    }
  }
}

/** A full limit and a failure of the server are not the fault of the request. */
function isRefusal(error: unknown): boolean {
  const { status } = toAppError(error);
  return status < 500 && status !== 429;
}
