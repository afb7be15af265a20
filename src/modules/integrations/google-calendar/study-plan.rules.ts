import { findFreeStart, type Interval } from './intervals.rules.js';

export const MAX_PLANNED_SESSIONS = 60;
export const MAX_PLAN_DAYS = 90;
export const MAX_SESSIONS_PER_DAY = 6;

export interface PlanDay {
  date: string;
  within: Interval;
}

export interface PlannedSession extends Interval {
  id: string;
  date: string;
}

export interface PlanInput {
  days: readonly PlanDay[];
  /** In order, without overlaps; with the sessions that exist. */
  busy: readonly Interval[];
  sessionMs: number;
  maxPerDay: number;
  /** Returns the id of a session of a day; the same for the same session. */
  toId: (date: string, index: number) => string;
  /** Sessions that are in the calendar. */
  existing: ReadonlySet<string>;
  /** Sessions that were created before. */
  known: ReadonlySet<string>;
}

/**
 * Returns the sessions to create, in order: each day has at most `maxPerDay`, the first ones in its first free times. A session
 * that exists is not planned again, wherever the user has moved it. All sessions of the range are at most MAX_PLANNED_SESSIONS.
 */
export function planSessions(input: PlanInput): PlannedSession[] {
  const planned: PlannedSession[] = [];
  let left = MAX_PLANNED_SESSIONS - input.known.size;
  for (const day of input.days)
    for (const session of planDay(day, input)) {
      const isNew = !input.known.has(session.id);
      if (isNew && left <= 0) continue;
      if (isNew) left -= 1;
      planned.push(session);
    }
  return planned;
}

function planDay({ date, within }: PlanDay, input: PlanInput): PlannedSession[] {
  const { busy, sessionMs, maxPerDay, toId, existing } = input;
  const sessions: PlannedSession[] = [];
  let from = within.start;
  for (let index = 0; index < maxPerDay; index += 1) {
    const id = toId(date, index);
    if (existing.has(id)) continue;
    const start = findFreeStart({ start: from, end: within.end }, sessionMs, busy);
    if (start === null) break;
    from = start + sessionMs;
    sessions.push({ id, date, start, end: from });
  }
  return sessions;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

export function isDate(text: string): boolean {
  const time = DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

export function minutesOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
