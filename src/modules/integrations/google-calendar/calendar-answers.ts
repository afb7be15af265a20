import * as z from 'zod';

const eventTime = z.object({
  date: z.iso.date().optional(),
  dateTime: z.iso.datetime({ offset: true }).optional(),
});

const googleEvent = z.object({
  id: z.string(),
  status: z.string().default('confirmed'),
  summary: z.string().optional(),
  location: z.string().optional(),
  htmlLink: z.string().optional(),
  start: eventTime.optional(),
  end: eventTime.optional(),
  extendedProperties: z.object({ private: z.record(z.string(), z.string()).optional() }).optional(),
});

export type GoogleEvent = z.infer<typeof googleEvent>;

export const eventAnswer = googleEvent;

export const eventListAnswer = z.object({
  items: z.array(googleEvent).default([]),
  nextPageToken: z.string().max(2_000).optional(),
});

const interval = z.object({
  start: z.iso.datetime({ offset: true }),
  end: z.iso.datetime({ offset: true }),
});

/** A calendar that cannot be read has errors, and no busy times: it must not count as free. */
export const freeBusyAnswer = z.object({
  calendars: z
    .record(
      z.string(),
      z.object({ busy: z.array(interval).default([]), errors: z.array(z.unknown()).max(0).default([]) }),
    )
    .refine((calendars) => Object.keys(calendars).length > 0),
});

const errorAnswer = z.object({
  error: z.object({
    errors: z.array(z.object({ reason: z.string().optional() })).default([]),
    details: z.array(z.looseObject({ reason: z.string().optional() })).default([]),
  }),
});

/** Returns the reasons of an error of the API, such as `rateLimitExceeded`. */
export function readReasons(body: unknown): string[] {
  const { data } = errorAnswer.safeParse(body);
  const reasons = [...(data?.error.errors ?? []), ...(data?.error.details ?? [])];
  return reasons.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
}
