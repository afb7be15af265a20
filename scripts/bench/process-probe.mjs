// Preloaded into a measured server (`node --import`), so that the server contains no code for measuring. Answers
// questions about its process over IPC.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

let delay;

const answers = {
  /** Microseconds of CPU since the start, of all threads, in user and kernel mode. */
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  rss: () => process.memoryUsage.rss(),
  watchDelay: () => {
    delay = monitorEventLoopDelay({ resolution: 1 });
    return delay.enable();
  },
  /** The 99th percentile since `watchDelay`, in milliseconds; 1 to 2 for an idle event loop. */
  delayP99: () => {
    delay.disable();
    return delay.percentile(99) / 1e6;
  },
};

if (isMainThread && process.send) {
  process.on('message', ({ id, question }) => process.send({ id, answer: answers[question]() }));
  process.on('disconnect', () => process.exit());
  process.channel.unref();
}
