import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Calls back when the client goes away before it has its answer; at once when it has gone already. */
export type OnDisconnect = (gone: () => void) => void;

/** How to hear of the end of the client: {@link OnDisconnect}. */
export const ClientDisconnect = createParamDecorator(
  (_: unknown, context: ExecutionContext): OnDisconnect => {
    const { raw } = context.switchToHttp().getResponse<FastifyReply>();
    return (callback) => {
      if (raw.destroyed) callback();
      else
        raw.once('close', () => {
          if (!raw.writableFinished) callback();
        });
    };
  },
);
