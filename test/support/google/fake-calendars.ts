import { apiError, type FakeAnswer, type FakeRequest } from './fake-http.js';
import type { FakeAccess } from './fake-oauth.js';

interface FakeTime {
  date?: string;
  dateTime?: string;
}

export interface FakeEvent {
  id: string;
  status: string;
  summary?: string;
  location?: string;
  description?: string;
  transparency?: string;
  start: FakeTime;
  end: FakeTime;
  extendedProperties?: { private?: Record<string, string> };
}

const BASE = '/calendar/v3';
const SCOPE = 'https://www.googleapis.com/auth/calendar';
const EVENT_ID = /^[a-v0-9]{5,1024}$/;

const toMillis = ({ date, dateTime }: FakeTime): number => Date.parse(dateTime ?? `${date}T00:00:00Z`);

/** The primary calendars of accounts. */
export class FakeCalendars {
  private readonly eventsByEmail = new Map<string, Map<string, FakeEvent>>();
  private created = 0;

  /** Events that are not deleted, in the order of their start. */
  events(email: string): FakeEvent[] {
    return [...this.calendarOf(email).values()]
      .filter(({ status }) => status !== 'cancelled')
      .sort((one, other) => toMillis(one.start) - toMillis(other.start));
  }

  /** Puts an event into a calendar, as its user does. */
  add(email: string, start: string, end: string, more: Partial<FakeEvent> = {}): FakeEvent {
    const toTime = (text: string): FakeTime => (text.includes('T') ? { dateTime: text } : { date: text });
    const id = `own${(this.created += 1).toString().padStart(6, '0')}`;
    const event = { id, status: 'confirmed', start: toTime(start), end: toTime(end), ...more };
    this.calendarOf(email).set(event.id, event);
    return event;
  }

  clear(email: string): void {
    this.eventsByEmail.delete(email);
  }

  answer(request: FakeRequest, access: FakeAccess | undefined): FakeAnswer {
    const { method, path } = request;
    if (!path.startsWith(BASE)) return apiError(404, 'notFound');
    if (!access) return apiError(401, 'authError', 'Request had invalid authentication credentials.');
    if (path === `${BASE}/freeBusy` && method === 'POST') return this.freeBusy(request, access);
    const [, calendar, , id] = /^\/calendar\/v3\/calendars\/([^/]+)\/events(\/([^/]+))?$/.exec(path) ?? [];
    if (calendar !== 'primary') return apiError(404, 'notFound', 'Not Found');
    if (!allows(access, `${SCOPE}.events`)) return insufficientScope();
    switch (`${method} ${id === undefined ? 'all' : 'one'}`) {
      case 'GET all':
        return this.list(request, access);
      case 'POST all':
        return this.insert(request, access);
      case 'GET one':
        return this.read(id ?? '', access);
      case 'DELETE one':
        return this.delete(id ?? '', access);
      default:
        return apiError(404, 'notFound', 'Not Found');
    }
  }

  private calendarOf(email: string): Map<string, FakeEvent> {
    const calendar = this.eventsByEmail.get(email) ?? new Map<string, FakeEvent>();
    this.eventsByEmail.set(email, calendar);
    return calendar;
  }

  private list({ query }: FakeRequest, { email }: FakeAccess): FakeAnswer {
    if (query.get('orderBy') === 'startTime' && query.get('singleEvents') !== 'true')
      return apiError(400, 'badRequest', 'The requested ordering is not available.');
    const offset = Number(query.get('pageToken') ?? '0');
    if (!Number.isInteger(offset)) return apiError(400, 'invalid', 'Invalid page token value.');
    const [name, value] = (query.get('privateExtendedProperty') ?? '').split('=');
    const from = Date.parse(query.get('timeMin') ?? '0001-01-01T00:00:00Z');
    const to = Date.parse(query.get('timeMax') ?? '9999-01-01T00:00:00Z');
    const found = this.events(email).filter(
      ({ start, end, extendedProperties: properties }) =>
        toMillis(start) < to && toMillis(end) > from && (!name || properties?.private?.[name] === value),
    );
    const limit = Number(query.get('maxResults') ?? '250');
    const items = found.slice(offset, offset + limit).map(toResource);
    const next = offset + limit < found.length ? { nextPageToken: String(offset + limit) } : {};
    return { status: 200, body: { kind: 'calendar#events', summary: email, items, ...next } };
  }

  private insert({ json }: FakeRequest, { email }: FakeAccess): FakeAnswer {
    const { id, start, end, summary, location, description, extendedProperties } = json as FakeEvent;
    if (!start || !end) return apiError(400, 'required', 'Missing end time.');
    if (!EVENT_ID.test(id)) return apiError(400, 'invalid', 'Invalid resource id value.');
    if (toMillis(end) < toMillis(start)) return apiError(400, 'timeRangeEmpty');
    const calendar = this.calendarOf(email);
    if (calendar.has(id)) return apiError(409, 'duplicate', 'The requested identifier already exists.');
    const event = { id, status: 'confirmed', summary, location, description, start, end, extendedProperties };
    calendar.set(id, event as FakeEvent);
    return { status: 200, body: toResource(event as FakeEvent) };
  }

  private read(id: string, { email }: FakeAccess): FakeAnswer {
    const event = this.calendarOf(email).get(id);
    return event ? { status: 200, body: toResource(event) } : apiError(404, 'notFound', 'Not Found');
  }

  /** The id of a deleted event stays in use. */
  private delete(id: string, { email }: FakeAccess): FakeAnswer {
    const event = this.calendarOf(email).get(id);
    if (!event) return apiError(404, 'notFound', 'Not Found');
    if (event.status === 'cancelled') return apiError(410, 'deleted', 'Resource has been deleted');
    event.status = 'cancelled';
    return { status: 204 };
  }

  private freeBusy({ json }: FakeRequest, access: FakeAccess): FakeAnswer {
    if (!allows(access, `${SCOPE}.freebusy`)) return insufficientScope();
    const { timeMin, timeMax, items } = json as {
      timeMin: string;
      timeMax: string;
      items: { id: string }[];
    };
    const [from, to] = [Date.parse(timeMin), Date.parse(timeMax)];
    if (!(from < to)) return apiError(400, 'timeRangeEmpty');
    const busy = this.events(access.email)
      .filter(({ transparency }) => transparency !== 'transparent')
      .map(({ start, end }) => [Math.max(toMillis(start), from), Math.min(toMillis(end), to)] as const)
      .filter(([start, end]) => start < end)
      .map(([start, end]) => ({ start: toSeconds(start), end: toSeconds(end) }));
    const calendars = Object.fromEntries(
      items.map(({ id }) => [
        id,
        id === 'primary' ? { busy } : { errors: [{ domain: 'global', reason: 'notFound' }], busy: [] },
      ]),
    );
    return { status: 200, body: { kind: 'calendar#freeBusy', timeMin, timeMax, calendars } };
  }
}

const toSeconds = (time: number): string => new Date(time).toISOString().replace('.000', '');

function toResource(event: FakeEvent): object {
  const link = `https://www.google.com/calendar/event?eid=${event.id}`;
  return { kind: 'calendar#event', etag: '"3181161784712000"', htmlLink: link, ...event };
}

function allows({ scopes }: FakeAccess, scope: string): boolean {
  return scopes.includes(scope) || scopes.includes(SCOPE);
}

function insufficientScope(): FakeAnswer {
  const message = 'Request had insufficient authentication scopes.';
  const error = {
    code: 403,
    message,
    errors: [{ message: 'Insufficient Permission', domain: 'global', reason: 'insufficientPermissions' }],
    status: 'PERMISSION_DENIED',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
        domain: 'googleapis.com',
        metadata: { service: 'calendar-json.googleapis.com' },
      },
    ],
  };
  return { status: 403, body: { error } };
}
