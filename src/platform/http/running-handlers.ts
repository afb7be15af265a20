import type { FastifyInstance } from 'fastify';

/**
 * Counts the handlers that run. A handler goes on when its client disconnects, so a closed HTTP server does not mean that
 * no handler uses the database.
 */
export class RunningHandlers {
  private count = 0;
  private whenNone: (() => void) | undefined;

  /** Counts the handlers of all routes that are added from now on. */
  observe(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      const { handler } = route;
      route.handler = (request, reply) => {
        const result: unknown = handler.call(fastify, request, reply);
        if (result instanceof Promise) this.observeHandler(result);
        return result;
      };
    });
  }

  /** Resolves when no handler runs, or after `timeoutMs`. */
  async waitForNone(timeoutMs: number): Promise<void> {
    if (this.count === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.whenNone = resolve;
      timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
  }

  private observeHandler(result: Promise<unknown>): void {
    this.count += 1;
    const finish = (): void => {
      this.count -= 1;
      if (this.count === 0) this.whenNone?.();
    };
    result.then(finish, finish);
  }
}
