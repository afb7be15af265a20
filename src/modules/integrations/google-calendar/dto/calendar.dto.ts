import {
  ApiSchema,
  ResponseField,
  ResponseListField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import { NameField, QueryIntegerField, TextField, TimestampField } from '@/platform/validation/index.js';
import type { GoogleEvent } from '../calendar-answers.js';

export class FreeBusyQuery {
  @TimestampField({ description: 'The first moment of the range.' })
  from!: Date;

  @TimestampField({ description: 'The end of the range.', example: '2036-01-08T00:00:00.000Z' })
  to!: Date;
}

export class EventsQuery extends FreeBusyQuery {
  @QueryIntegerField({ min: 1, max: 100, description: 'Maximum number of events on the page.', example: 20 })
  limit?: number;

  @TextField({
    optional: true,
    max: 2_000,
    pattern: /^[\x21-\x7e]+$/,
    description: 'Cursor from the `Link` header of the previous page.',
  })
  cursor?: string;
}

export class CreateEventRequest {
  @NameField({ max: 300, example: 'Talk with my tutor' })
  title!: string;

  @TimestampField({ example: '2036-01-02T15:00:00.000Z' })
  starts_at!: Date;

  @TimestampField({ example: '2036-01-02T15:30:00.000Z' })
  ends_at!: Date;

  @TextField({ optional: true, nullable: true, max: 4_000, example: 'Bring the list of verbs.' })
  description?: string | null;

  @NameField({ optional: true, nullable: true, max: 500, example: 'Library' })
  location?: string | null;
}

/** The private property of study sessions in the calendar, with the id of their module. */
export const MODULE_PROPERTY = 'xentree_module';

@ApiSchema({ name: 'CalendarEventResponse' })
export class CalendarEventResponse {
  @ResponseField('string', '6b1f0c9d2e7a45f0b3c8')
  id!: string;

  @ResponseField('string', 'Talk with my tutor', { nullable: true })
  title!: string | null;

  @ResponseField('string', 'Library', { nullable: true })
  location!: string | null;

  @ResponseField('boolean', false)
  all_day!: boolean;

  @ResponseTimestampField({ nullable: true, description: 'Null for an event of whole days.' })
  starts_at!: string | null;

  @ResponseTimestampField({ nullable: true, description: 'Null for an event of whole days.' })
  ends_at!: string | null;

  @ResponseField('string', null, {
    nullable: true,
    format: 'date',
    description: 'Of an event of whole days.',
  })
  starts_on!: string | null;

  @ResponseField('string', null, {
    nullable: true,
    format: 'date',
    description: 'The day after the last one.',
  })
  ends_on!: string | null;

  @ResponseField('string', 'confirmed', { enum: ['confirmed', 'tentative', 'cancelled'] })
  status!: string;

  @ResponseField('string', 'https://www.google.com/calendar/event?eid=…', { nullable: true })
  url!: string | null;

  @ResponseField('string', null, {
    nullable: true,
    description: 'The module of a study session of this server.',
  })
  module_id!: string | null;

  static from(event: GoogleEvent): CalendarEventResponse {
    const { id, summary, location, status, htmlLink, start = {}, end = {}, extendedProperties } = event;
    return {
      id,
      title: summary ?? null,
      location: location ?? null,
      all_day: start.date !== undefined,
      starts_at: toInstant(start.dateTime),
      ends_at: toInstant(end.dateTime),
      starts_on: start.date ?? null,
      ends_on: end.date ?? null,
      status,
      url: htmlLink ?? null,
      module_id: extendedProperties?.private?.[MODULE_PROPERTY] ?? null,
    };
  }
}

function toInstant(text: string | undefined): string | null {
  return text === undefined ? null : new Date(text).toISOString();
}

export class BusyTimeResponse {
  @ResponseTimestampField()
  starts_at!: string;

  @ResponseTimestampField()
  ends_at!: string;
}

@ApiSchema({ name: 'FreeBusyResponse' })
export class FreeBusyResponse {
  @ResponseTimestampField()
  from!: string;

  @ResponseTimestampField()
  to!: string;

  @ResponseListField(() => BusyTimeResponse)
  busy!: BusyTimeResponse[];
}
