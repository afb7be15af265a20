// Preloaded into a measured server (`node --import`), so that the server itself stays free of measuring:
// answers questions about its process over IPC.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

let delay;

const answers = {
  /** Microseconds of CPU since the start, every thread and the kernel's work for them included. */
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  rss: () => process.memoryUsage.rss(),
  watchDelay: () => {
    delay = monitorEventLoopDelay({ resolution: 1 });
    return delay.enable();
  },
  /** Milliseconds, the 99th percentile since `watchDelay`; an idle loop shows 1 to 2. */
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
