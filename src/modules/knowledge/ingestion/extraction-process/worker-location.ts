import { fileURLToPath } from 'node:url';

/** The lowest priority: requests come first. */
export const WORKER_PRIORITY = 19;

/** Returns the path of the program of the extraction process, which is packed next to the server. */
export function getWorkerPath(): string {
  return fileURLToPath(new URL('./extraction-worker.mjs', import.meta.url));
}
