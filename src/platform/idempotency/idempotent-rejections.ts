import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  type ExecutionContext,
  Injectable,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { RequestWithActor } from '../access/actor.js';
import { ErrorFilter, sendError } from '../errors/error-filter.js';
import { Log } from '../logging/log.js';
import { parseIdempotencyKey } from './idempotency-key.js';
import { toIdempotentRequest, IdempotencyService, type IdempotentResult } from './idempotency.service.js';

type RequestWithRejectionStore = RequestWithActor & { storeRejection?: (error: unknown) => Promise<void> };

/** Ends a request whose rejection is stored. */
class StoredRejection extends Error {
  constructor(readonly rejection: IdempotentResult) {
    super('The stored rejection is replayed.');
  }
}

/** Replays stored rejections of operations that are `idempotent: 'self-managed'`. */
@Injectable()
export class IdempotentRejectionGuard implements CanActivate {
  constructor(private readonly idempotency: IdempotencyService) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<RequestWithRejectionStore>();
    const key = parseIdempotencyKey(request);
    return key === undefined || this.beginSelfManaged(request, key);
  }

  private async beginSelfManaged(request: RequestWithRejectionStore, key: string): Promise<boolean> {
    const storedOrStore = await this.idempotency.beginSelfManaged(toIdempotentRequest(key, request));
    if (typeof storedOrStore !== 'function') throw new StoredRejection(storedOrStore);
    request.storeRejection = storedOrStore;
    return true;
  }
}

/** Stores a final rejection under the key before it is sent. */
@Catch()
export class IdempotentRejectionFilter extends ErrorFilter {
  constructor(log: Log) {
    super(log);
  }

  override catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { storeRejection, id } = http.getRequest<RequestWithRejectionStore>();
    const reply = http.getResponse<FastifyReply>();
    if (thrown instanceof StoredRejection) {
      const { status, body } = thrown.rejection;
      void reply.header('Idempotent-Replayed', 'true');
      sendError(reply, id, { status, body: body as { detail: unknown; code: string } });
    } else if (storeRejection) void storeRejection(thrown).finally(() => super.catch(thrown, host));
    else super.catch(thrown, host);
  }
}
