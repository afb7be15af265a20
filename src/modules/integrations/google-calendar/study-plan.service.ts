import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { CourseCatalog } from '@/modules/xel/index.js';
import { invalidField, platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { DAY, MINUTE } from '@/platform/kernel/durations.js';
import { ConnectionStore } from '../connections/connection-store.js';
import { eventListAnswer, type GoogleEvent } from './calendar-answers.js';
import { CalendarClient, type CalendarSession } from './calendar-client.js';
import { deriveEventId, EVENTS_PATH, parseAnswer, readBusyTimes } from './calendar.service.js';
import { MODULE_PROPERTY } from './dto/calendar.dto.js';
import type { StudyPlanRequest, StudyPlanResponse, StudySessionResponse } from './dto/study-plan.dto.js';
import { type DateOrTime, type StudyDay, StudyDays } from './persistence/study-days.js';
import {
  isDate,
  MAX_PLAN_DAYS,
  MAX_SESSIONS_PER_DAY,
  minutesOfDay,
  type PlanDay,
  type PlannedSession,
  planSessions,
} from './study-plan.rules.js';

const CONCURRENCY = 4;
/** More than a range can have. */
const MAX_LISTED = '250';

/** A plan with the title of its module, which the sessions have. */
type TitledPlan = StudyPlanRequest & { title: string };

/**
 * Puts study sessions into free times. The id of a session follows from the user, the module, the day and its number on that day,
 * so a repetition creates nothing twice, and a session that the user has deleted does not come back.
 */
@Injectable()
export class StudyPlanService {
  constructor(
    private readonly client: CalendarClient,
    private readonly store: ConnectionStore,
    private readonly accounts: AccountsService,
    private readonly days: StudyDays,
    private readonly catalog: CourseCatalog,
    private readonly clock: Clock,
  ) {}

  async create(userId: string, request: StudyPlanRequest): Promise<StudyPlanResponse> {
    assertPossible(request);
    const title = this.catalog.findTitle(request.module_id);
    if (title === undefined) throw invalidField('module_id', 'choice', 'must be a module of Xentree English');
    const account = await this.accounts.find(userId);
    if (!account) throw platformErrors.token_invalid();
    const session = await this.client.open(userId);
    const days = await this.listDays(request, account.timezone);
    const [first, last] = [days[0], days.at(-1)];
    const events =
      first && last ? await this.fill(session, userId, { ...request, title }, days, { first, last }) : [];
    return { module_id: request.module_id, time_zone: account.timezone, events };
  }

  private async listDays(request: StudyPlanRequest, zone: string): Promise<StudyDay[]> {
    const { earliest, latest } = request;
    const [from, to] = [parseBound(request.from), parseBound(request.to)];
    const days = await this.days.list({ from, to, zone, earliest, latest, now: this.clock.now() });
    return days.filter(({ opens_at, closes_at }) => opens_at < closes_at);
  }

  private async fill(
    session: CalendarSession,
    userId: string,
    request: TitledPlan,
    days: StudyDay[],
    { first, last }: { first: StudyDay; last: StudyDay },
  ): Promise<StudySessionResponse[]> {
    const { module_id, max_per_day: maxPerDay, session_minutes } = request;
    const range = { start: first.opens_at.getTime(), end: last.closes_at.getTime() };
    const listed = await listSessions(session, module_id, first.opens_at, last.closes_at);
    const busy = await readBusyTimes(session, range);
    const toId = (date: string, index: number): string =>
      deriveEventId([userId, module_id, date, String(index)]);
    const ids = days.flatMap(({ date }) =>
      Array.from({ length: MAX_SESSIONS_PER_DAY }, (_, index) => toId(date, index)),
    );
    const planned = planSessions({
      days: days.map(toPlanDay),
      busy,
      sessionMs: session_minutes * MINUTE * 1000,
      maxPerDay,
      toId,
      existing: new Set(listed.map(({ id }) => id)),
      known: await this.store.events.findKnown(session.connectionId, ids),
    });
    // Stored before they are created: a disconnection deletes those that were created before a crash, too.
    await this.store.events.add(
      session.connectionId,
      planned.map(({ id }) => id),
    );
    const created = await insertAll(session, request, planned);
    return [...listed, ...created].sort((one, other) => (one.starts_at < other.starts_at ? -1 : 1));
  }
}

/** Throws 400 for a range or times of the day in which no session can be. */
function assertPossible({ from, to, session_minutes, earliest, latest }: StudyPlanRequest): void {
  const [start, end] = [toMoment(from, 0), toMoment(to, DAY)];
  if (end <= start) throw invalidField('to', 'after_from', 'must be after `from`');
  if (end - start > MAX_PLAN_DAYS * DAY * 1000)
    throw invalidField('to', 'range', `must be at most ${MAX_PLAN_DAYS} days after \`from\``);
  if (minutesOfDay(latest) - minutesOfDay(earliest) < session_minutes)
    throw invalidField('latest', 'after_earliest', 'must leave time for a session after `earliest`');
}

/** A date stands for its moment in UTC: only the difference of two matters. */
function toMoment(text: string, seconds: number): number {
  return isDate(text) ? Date.parse(`${text}T00:00:00Z`) + seconds * 1000 : Date.parse(text);
}

function parseBound(text: string): DateOrTime {
  return isDate(text) ? { date: text } : { time: new Date(text) };
}

function toPlanDay({ date, opens_at, closes_at }: StudyDay): PlanDay {
  return { date, within: { start: opens_at.getTime(), end: closes_at.getTime() } };
}

/** Returns the sessions of the module that are in the calendar. */
async function listSessions(
  session: CalendarSession,
  moduleId: string,
  from: Date,
  to: Date,
): Promise<StudySessionResponse[]> {
  const query = {
    privateExtendedProperty: `${MODULE_PROPERTY}=${moduleId}`,
    timeMin: from.toISOString(),
    timeMax: to.toISOString(),
    singleEvents: 'true',
    maxResults: MAX_LISTED,
    fields: 'items(id,status,start,end)',
  };
  const answer = await session.request({ method: 'GET', path: EVENTS_PATH, query });
  return parseAnswer(eventListAnswer, answer).items.flatMap(toSession);
}

function toSession({ id, start, end }: GoogleEvent): StudySessionResponse[] {
  if (start?.dateTime === undefined || end?.dateTime === undefined) return [];
  const [starts_at, ends_at] = [new Date(start.dateTime), new Date(end.dateTime)];
  return [{ id, starts_at: starts_at.toISOString(), ends_at: ends_at.toISOString(), created: false }];
}

/** Creates sessions, a few at a time. Ends with the first failure: a repetition of the request creates the others. */
async function insertAll(
  session: CalendarSession,
  plan: TitledPlan,
  planned: readonly PlannedSession[],
): Promise<StudySessionResponse[]> {
  const waiting = [...planned];
  const created: StudySessionResponse[] = [];
  const work = async (): Promise<void> => {
    for (let next; (next = waiting.shift()) !== undefined;) {
      const inserted = await insert(session, plan, next).catch((error: unknown) => {
        waiting.length = 0;
        throw error;
      });
      if (inserted) created.push(inserted);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return created;
}

/** Returns null for a session that was created before, and that the user has moved or deleted. */
async function insert(
  session: CalendarSession,
  { module_id, title }: TitledPlan,
  { id, start, end }: PlannedSession,
): Promise<StudySessionResponse | null> {
  const [starts_at, ends_at] = [new Date(start).toISOString(), new Date(end).toISOString()];
  const json = {
    id,
    summary: `Xentree English: ${title}`,
    start: { dateTime: starts_at },
    end: { dateTime: ends_at },
    extendedProperties: { private: { [MODULE_PROPERTY]: module_id } },
  };
  const { status } = await session.request({ method: 'POST', path: EVENTS_PATH, json }, [409]);
  return status === 409 ? null : { id, starts_at, ends_at, created: true };
}
