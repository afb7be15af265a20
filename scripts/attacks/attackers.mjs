// Starts the attackers in a child process, so that their work does not delay the measurement.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts a load; `stop` ends it, and returns the number of responses by status. */
export async function startAttackers(url, load) {
  const child = fork(fileURLToPath(new URL('./attacker.mjs', import.meta.url)), { execArgv: [] });
  child.send({ url, load });
  return {
    stop: async () => {
      child.send('stop');
      const [statuses] = await once(child, 'message');
      child.kill();
      return statuses;
    },
  };
}
