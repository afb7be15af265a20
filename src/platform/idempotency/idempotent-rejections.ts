import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  type ExecutionContext,
  Injectable,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { ActorRequest } from '../access/actor.js';
import { ErrorFilter, sendError } from '../errors/error-filter.js';
import { Log } from '../logging/log.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { askedWith, IdempotencyService, type Outcome } from './idempotency.service.js';

type Keeping = ActorRequest & { keepRefusal?: (error: unknown) => Promise<void> };

/** Ends a request whose refusal is known already. */
class KnownRefusal extends Error {
  constructor(readonly refusal: Outcome) {
    super('A refusal is repeated.');
  }
}

/** Holds a key to its body, for operations that are `idempotent: 'by itself'`. Costs nothing without a key. */
@Injectable()
export class RefusalGuard implements CanActivate {
  constructor(private readonly idempotency: IdempotencyService) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<Keeping>();
    const key = idempotencyKeyOf(request);
    return key === undefined || this.hold(request, key);
  }

  private async hold(request: Keeping, key: string): Promise<boolean> {
    const held = await this.idempotency.hold(askedWith(key, request));
    if (typeof held !== 'function') throw new KnownRefusal(held);
    request.keepRefusal = held;
    return true;
  }
}

/** Keeps a final refusal under the key, before it is told. */
@Catch()
export class RefusalFilter extends ErrorFilter {
  constructor(log: Log) {
    super(log);
  }

  override catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { keepRefusal, id } = http.getRequest<Keeping>();
    const reply = http.getResponse<FastifyReply>();
    if (thrown instanceof KnownRefusal) {
      const { status, body } = thrown.refusal;
      void reply.header('Idempotent-Replayed', 'true');
      sendError(reply, id, { status, body: body as { detail: unknown; code: string } });
    } else if (keepRefusal) void keepRefusal(thrown).finally(() => super.catch(thrown, host));
    else super.catch(thrown, host);
  }
}
