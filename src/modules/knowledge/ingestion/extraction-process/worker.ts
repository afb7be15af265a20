import { fileURLToPath } from 'node:url';
import { isMainThread, Worker } from 'node:worker_threads';

/**
 * The extraction process. It has two threads: this file is the program of both, and imports only what the thread needs. The
 * second one watches the server, the memory and the time, also while the first is busy.
 */
if (isMainThread) {
  const watcher = new Worker(fileURLToPath(import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  });
  watcher.unref();
  const { serveExtractions } = await import('./extraction-server.js');
  await serveExtractions((limitMs) => watcher.postMessage(limitMs));
  process.exit();
} else {
  const { watchProcess } = await import('./process-watcher.js');
  watchProcess();
}
