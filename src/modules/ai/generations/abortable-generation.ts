import type {
  StatelessGeneration,
  StatelessGenerationRunner,
  StatelessPrompt,
} from './stateless-generation-runner.js';

/**
 * Runs a generation that ends when `signal` aborts. Throws the reason of the signal then, whatever the generation has thrown.
 */
export async function runUntilAborted<T>(
  runner: StatelessGenerationRunner,
  prompt: Omit<StatelessPrompt, 'onStart'> & Partial<Pick<StatelessPrompt, 'onStart'>>,
  signal: AbortSignal,
  work: (generation: StatelessGeneration) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const onStart: StatelessPrompt['onStart'] = (abort) => {
    prompt.onStart?.(abort);
    onAbort = () => abort('client_disconnected');
    signal.addEventListener('abort', onAbort, { once: true });
  };
  try {
    return await runner.run({ ...prompt, onStart }, (generation) => {
      signal.throwIfAborted(); // it can have aborted while tokens were reserved
      return work(generation);
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
