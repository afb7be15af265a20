import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Calls back when the client goes away before it has its answer; at once when it has gone already. */
export type OnHangup = (gone: () => void) => void;

/** How to hear of the end of the client: {@link OnHangup}. */
export const Hangup = createParamDecorator((_: unknown, context: ExecutionContext): OnHangup => {
  const { raw } = context.switchToHttp().getResponse<FastifyReply>();
  return (gone) => {
    if (raw.destroyed) gone();
    else
      raw.once('close', () => {
        if (!raw.writableFinished) gone();
      });
  };
});
