import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type * as z from 'zod';
import { invalidField } from '@/platform/errors/index.js';
import { DAY } from '@/platform/kernel/durations.js';
import { newId } from '@/platform/kernel/ids.js';
import { invalidCursor, setNextCursor } from '@/platform/pagination/index.js';
import { toAppError, GoogleFailure } from '../google/google-failure.js';
import type { GoogleAnswer } from '../google/google-http.js';
import { integrationErrors } from '../integrations.errors.js';
import { eventAnswer, eventListAnswer, freeBusyAnswer } from './calendar-answers.js';
import { CalendarClient, type CalendarSession } from './calendar-client.js';
import {
  CalendarEventResponse,
  type CreateEventRequest,
  type EventsQuery,
  type FreeBusyQuery,
  FreeBusyResponse,
} from './dto/calendar.dto.js';
import { divideInterval, type Interval, mergeIntervals } from './intervals.rules.js';

export const EVENTS_PATH = '/calendars/primary/events';
/** Google refuses longer ranges in one question. */
const FREE_BUSY_PART_MS = 30 * DAY * 1000;
const MAX_FREE_BUSY_DAYS = 90;
const MAX_EVENTS_DAYS = 366;
const PAGE_SIZE = 20;
/** All that is read of an event. */
const EVENT_FIELDS = 'id,status,summary,location,htmlLink,start,end,extendedProperties/private';

/** Reads and writes the calendar of a user. Nothing of it is stored. */
@Injectable()
export class CalendarService {
  constructor(private readonly client: CalendarClient) {}

  async listEvents(userId: string, query: EventsQuery): Promise<CalendarEventResponse[]> {
    const { from, to, limit = PAGE_SIZE, cursor } = query;
    assertRange(from, to, MAX_EVENTS_DAYS);
    const session = await this.client.open(userId);
    const parameters = {
      timeMin: from.toISOString(),
      timeMax: to.toISOString(),
      singleEvents: 'true',
      orderBy: 'startTime',
      maxResults: String(limit),
      fields: `items(${EVENT_FIELDS}),nextPageToken`,
      ...(cursor === undefined ? {} : { pageToken: cursor }),
    };
    const call = { method: 'GET', path: EVENTS_PATH, query: parameters } as const;
    const answer = await session.request(call, cursor === undefined ? [] : [400]);
    if (answer.status === 400) throw invalidCursor();
    const { items, nextPageToken } = parseAnswer(eventListAnswer, answer);
    if (nextPageToken !== undefined) setNextCursor(nextPageToken);
    return items.map((item) => CalendarEventResponse.from(item));
  }

  /** An `Idempotency-Key` determines the id of the event, so a repetition creates none, even if the first one was not answered. */
  async createEvent(
    userId: string,
    request: CreateEventRequest,
    idempotencyKey: string | undefined,
  ): Promise<CalendarEventResponse> {
    const { title, starts_at, ends_at, description, location } = request;
    if (ends_at <= starts_at) throw invalidField('ends_at', 'after_start', 'must be after `starts_at`');
    const session = await this.client.open(userId);
    const id = deriveEventId([userId, idempotencyKey ?? newId(), JSON.stringify(request)]);
    const json = {
      id,
      summary: title,
      start: { dateTime: starts_at.toISOString() },
      end: { dateTime: ends_at.toISOString() },
      ...(description == null ? {} : { description }),
      ...(location == null ? {} : { location }),
    };
    const inserted = await session.request({ method: 'POST', path: EVENTS_PATH, json }, [400, 409]);
    if (inserted.status === 400) throw integrationErrors.integration_event_refused();
    const answer =
      inserted.status === 409
        ? await session.request({ method: 'GET', path: `${EVENTS_PATH}/${id}` })
        : inserted;
    return CalendarEventResponse.from(parseAnswer(eventAnswer, answer));
  }

  async readFreeBusy(userId: string, { from, to }: FreeBusyQuery): Promise<FreeBusyResponse> {
    assertRange(from, to, MAX_FREE_BUSY_DAYS);
    const session = await this.client.open(userId);
    const busy = await readBusyTimes(session, { start: from.getTime(), end: to.getTime() });
    return {
      from: from.toISOString(),
      to: to.toISOString(),
      busy: busy.map(({ start, end }) => ({
        starts_at: new Date(start).toISOString(),
        ends_at: new Date(end).toISOString(),
      })),
    };
  }
}

/** Returns when the user is busy, in order and without overlaps. */
export async function readBusyTimes(session: CalendarSession, range: Interval): Promise<Interval[]> {
  const busy: Interval[] = [];
  for (const { start, end } of divideInterval(range, FREE_BUSY_PART_MS)) {
    const json = {
      timeMin: new Date(start).toISOString(),
      timeMax: new Date(end).toISOString(),
      items: [{ id: 'primary' }],
    };
    const answer = await session.request({ method: 'POST', path: '/freeBusy', json });
    const calendars = Object.values(parseAnswer(freeBusyAnswer, answer).calendars);
    for (const calendar of calendars)
      busy.push(
        ...calendar.busy.map((taken) => ({ start: +new Date(taken.start), end: +new Date(taken.end) })),
      );
  }
  return mergeIntervals(busy);
}

/** Returns an id that Google accepts, always the same for the same parts: hexadecimal digits are part of its alphabet. */
export function deriveEventId(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

export function parseAnswer<T extends z.ZodType>(schema: T, { body }: GoogleAnswer): z.infer<T> {
  const { data, success } = schema.safeParse(body);
  if (!success) throw toAppError(new GoogleFailure('malformed_answer'));
  return data;
}

function assertRange(from: Date, to: Date, maxDays: number): void {
  if (to <= from) throw invalidField('to', 'after_from', 'must be after `from`');
  if (to.getTime() - from.getTime() > maxDays * DAY * 1000)
    throw invalidField('to', 'range', `must be at most ${maxDays} days after \`from\``);
}
