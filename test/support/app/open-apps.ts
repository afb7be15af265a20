/** What a test started and has to stop. */
interface Stoppable {
  stop(): Promise<void>;
}

const openApps = new Set<Promise<Stoppable>>();

/** Remembers an application from the moment its start begins. */
export function trackApp<App extends Stoppable>(start: Promise<App>): Promise<App> {
  openApps.add(start);
  start.then(
    (app) => {
      const stop = app.stop.bind(app);
      app.stop = () => {
        openApps.delete(start);
        return stop();
      };
    },
    () => openApps.delete(start),
  );
  return start;
}

/**
 * Stops what a failed test has left running, the newest first. Its timers would outlive the environment of the spec file, and
 * their errors would fail the spec files that the same process executes next.
 */
export async function stopOpenApps(): Promise<void> {
  for (const start of [...openApps].reverse()) {
    const app = await start.catch(() => undefined);
    await app?.stop().catch(() => undefined); // a sibling may have dropped the database
  }
}
