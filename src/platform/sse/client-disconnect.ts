import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Calls back when the client disconnects before the response is complete; at once when it has disconnected already. */
export type OnDisconnect = (gone: () => void) => void;

/** Injects an {@link OnDisconnect}. */
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
