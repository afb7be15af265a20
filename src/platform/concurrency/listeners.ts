import type { EventEmitter } from 'node:events';

type Listeners = Readonly<Record<string, (...values: never[]) => void>>;

/**
 * Adds listeners to an emitter; returns a function that removes them, and no listeners of others. `removeAllListeners` would
 * also remove the one by which `Worker.terminate()` learns of the end: its promise would stay open.
 */
export function addListeners(emitter: EventEmitter, listeners: Listeners): () => void {
  const entries = Object.entries(listeners) as [string, (...values: unknown[]) => void][];
  for (const [event, listener] of entries) emitter.on(event, listener);
  return () => {
    for (const [event, listener] of entries) emitter.off(event, listener);
  };
}
