import type { Environment } from './schema.js';

/** Limits of live sessions. */
export interface LiveSettings {
  /** Seconds in a month by plan; null: unlimited. `free` always exists. */
  plans: Readonly<Record<string, number | null>>;
  maxSessionsPerOrganization: number;
  /** Seconds without speech after which a session with a socket ends. */
  idleSeconds: number;
}

export function toLiveSettings(env: Environment): LiveSettings {
  return {
    plans: env.LIVE_PLANS,
    maxSessionsPerOrganization: env.LIVE_MAX_SESSIONS_PER_ORGANIZATION,
    idleSeconds: env.LIVE_IDLE_SECONDS,
  };
}
